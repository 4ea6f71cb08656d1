"""Synergies that were planted are found; what was not measured has no say; what has none is refused."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import NMF

from knowntruth.synergies import planted
from myoshift.errors import DataRefused
from myoshift.physiology.likeness import match
from myoshift.physiology.synergy import explained, factorise, impute, project, shared


def exact(seed=0, rank=3, frames=200, muscles=8):
    random = np.random.default_rng(seed)
    weights = random.gamma(0.4, size=(muscles, rank)) + 0.02
    values = random.gamma(0.3, size=(frames, rank))
    return values @ weights.T, weights / np.linalg.norm(weights, axis=0)


def test_planted_weights_are_found():
    activation, weights = exact()
    found = factorise(activation, 3)
    assert found.vaf > 0.9999
    assert match(weights, found.weights)[1].min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(found.weights, axis=0), 1)
    power = np.square(found.activations).sum(axis=0)
    assert (np.diff(power) <= 0).all()
    np.testing.assert_allclose(found.reconstruction, found.activations @ found.weights.T)


def test_with_a_fifth_missing_they_are_found_too_and_the_gaps_are_predicted():
    activation, weights = exact()
    gap = activation.copy()
    gap[np.random.default_rng(1).random(gap.shape) < 0.2] = np.nan
    found = factorise(gap, 3)
    assert match(weights, found.weights)[1].min() > 0.98
    missing = np.isnan(gap)
    assert np.square(found.reconstruction - activation)[missing].sum() < 0.02 * np.square(activation[missing]).sum()


def test_it_accounts_for_as_much_as_scikit_learn():
    activation, _ = planted(3)
    theirs = NMF(4, init="nndsvda", max_iter=2000, tol=1e-4, random_state=0).fit(activation).reconstruction_err_
    assert factorise(activation, 4).vaf > 1 - theirs**2 / np.square(activation).sum() - 1e-4


def test_the_same_seed_gives_the_same_bytes():
    activation, _ = planted(4)
    one, two = (factorise(activation, 3, seed=5) for _ in range(2))
    assert one.weights.tobytes() == two.weights.tobytes()


def test_vaf_is_uncentred_and_by_muscle():
    activation, _ = planted(5)
    activation[:, 2] = 0.0
    found = factorise(activation, 2)
    error = np.square(activation - found.reconstruction)
    assert found.vaf == pytest.approx(1 - error.sum() / np.square(activation).sum())
    assert np.isnan(found.vaf_by_muscle[2])
    assert np.nanmin(found.vaf_by_muscle) == pytest.approx(
        np.nanmin(1 - np.delete(error, 2, 1).sum(0) / np.square(np.delete(activation, 2, 1)).sum(0))
    )


def test_a_frame_without_muscles_has_no_activation():
    activation, _ = exact()
    activation[7] = np.nan
    found = factorise(activation, 2)
    assert np.isnan(found.activations[7]).all()
    assert np.isfinite(np.delete(found.activations, 7, axis=0)).all()


BAD = {
    "negative": (lambda a: a - 1.0, "clip"),
    "infinite": (lambda a: np.where(a == a.max(), np.inf, a), "infinite"),
    "never measured": (lambda a: np.where(np.arange(8) == 3, np.nan, a), "column 3"),
    "silent": (lambda a: 0 * a, "silent"),
    "no activation": (lambda a: a[:0], "no activation"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_has_no_synergies_is_refused(name):
    change, word = BAD[name]
    with pytest.raises(DataRefused, match=word) as refused:
        factorise(change(exact()[0]), 2)
    assert refused.value.mend


@pytest.mark.parametrize("rank", [0, 9])
def test_a_rank_that_cannot_be_is_refused(rank):
    with pytest.raises(DataRefused, match="8 muscles"):
        factorise(exact()[0], rank)


def test_what_people_share_hangs_on_nobodys_amplitude_or_length():
    one, weights = exact(0)
    other = 1000 * np.random.default_rng(9).gamma(0.3, size=(900, 3)) @ weights.T
    other[:, 0] = np.nan
    found = shared([one, other], 3)
    assert match(weights, found)[1].min() > 0.98
    with pytest.raises(DataRefused, match="no activation"):
        shared([], 2)


def test_projection():
    activation, weights = exact()
    np.testing.assert_allclose(project(activation, weights), activation, atol=1e-4)
    beside = activation + np.random.default_rng(0).random(activation.shape)
    np.testing.assert_allclose(project(beside, weights, 0.0), beside)
    half = project(beside, weights, 0.5)
    np.testing.assert_allclose(half, (beside + explained(beside, weights)) / 2)
    with pytest.raises(DataRefused, match="blend"):
        project(beside, weights, 1.5)
    with pytest.raises(DataRefused, match="disagree"):
        project(beside[:, 1:], weights)


def test_unmeasured_muscles_come_from_measured_ones():
    activation, weights = exact()
    measured = activation.copy()
    measured[:, [1, 6]] = np.nan
    measured[3] = np.nan
    found = impute(measured, weights)
    seen = np.isfinite(measured)
    np.testing.assert_array_equal(found[seen], activation[seen])
    assert np.isnan(found[3]).all()
    hidden = ~seen
    hidden[3] = False
    assert np.corrcoef(found[hidden], activation[hidden])[0, 1] > 0.97


def test_a_synergy_that_is_hardly_seen_does_not_run_away():
    weights = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.02]])
    weights /= np.linalg.norm(weights, axis=0)
    found = impute(np.array([[0.5, np.nan, 0.3]]), weights)
    assert found[0, 1] < 1.0
