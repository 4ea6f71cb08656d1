from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.toys import benchmark, cohort, person, recordings, with_activation
from conftest import make_walk
from myoshift.bench.cohort import Cohort
from myoshift.bench.sources import at_rate


def only(recordings, task):
    return [r for r in recordings if r.task == task]


def test_the_unit_is_the_percentile_over_the_reference_task_alone():
    walk, run = person("north", 1)
    loud = with_activation(run, 50 * run.activation)
    answers = Cohort((walk, loud), benchmark()).answers()
    expected = np.percentile(walk.activation[:, 0], 95)
    assert answers[0].reference[0] == pytest.approx(expected, rel=1e-6)
    assert {r.reference for r in answers} == {answers[0].reference}
    assert np.percentile(only(answers, "walk")[0].activation[:, 0], 95) == pytest.approx(1.0, rel=1e-5)
    assert all("oracle: walk" in [f.message for f in r.flags] for r in answers)


def test_the_unit_spans_all_trials_of_the_task():
    quiet, loud = make_walk(seed=1), make_walk(seed=2, gain=4.0)
    units = {r.reference for r in Cohort((quiet, loud), benchmark()).answers()}
    both = np.concatenate([quiet.activation[:, 0], loud.activation[:, 0]])
    assert len(units) == 1
    assert units.pop()[0] == pytest.approx(np.percentile(both, 95), rel=1e-6)


def test_a_person_without_the_reference_task_is_in_the_unit_of_what_there_is():
    (run,) = person("north", 1, tasks=("run",))
    (answer,) = Cohort((run,), benchmark()).answers()
    assert "oracle: run" in [f.message for f in answer.flags]
    assert np.isfinite(answer.activation).all()


def test_nobody_learns_from_other_tasks():
    found = cohort()
    assert {r.task for r in found.labelled()} == {"walk"}
    assert {r.task for r in found.answers()} == {"walk", "run"}


def test_hygiene_masks_artefacts_and_hum_of_the_source_but_never_a_test():
    walk, _ = person("north", 1)
    values = walk.activation.copy()
    values[:, 0] = 0.01
    values[100, 0] = 5.0
    values[:, 1] = 1.0 + 0.01 * np.sin(np.arange(len(values)))
    found = Cohort((with_activation(walk, values),), benchmark())
    source, answer = found.labelled()[0], found.answers()[0]
    assert np.isnan(source.activation[:, :2]).all()
    assert np.isfinite(source.activation[:, 2:]).all()
    assert np.isfinite(answer.activation).all()
    assert [m.channel for m in found.masked] == list(walk.activation_names[:2])
    assert "coefficient of variation" in found.masked[0].why


def test_an_artefact_in_one_trial_does_not_set_the_unit_of_the_source():
    clean, broken = make_walk(seed=1), make_walk(seed=2)
    values = broken.activation.copy()
    values[:, 0] = 1e-3
    values[50:54, 0] = 100.0
    found = Cohort((clean, with_activation(broken, values)), benchmark())
    assert found.labelled()[0].reference[0] == pytest.approx(np.percentile(clean.activation[:, 0], 95), rel=1e-6)


def test_a_channel_without_a_unit_is_masked_and_said_so():
    walk, run = person("north", 1)
    values = walk.activation.copy()
    values[:, 0] = np.nan
    spec = benchmark(source_tasks=["walk", "run"])
    found = Cohort((with_activation(walk, values), run), spec)
    source = only(found.labelled(), "run")[0]
    assert np.isnan(source.activation[:, 0]).all()
    assert [(m.recording, m.channel) for m in found.masked] == [(run.id, run.activation_names[0])]


def test_what_a_simulation_computed_is_never_learned_from_nor_scored():
    """Not as a source, not as an answer, not for calibration; nor does its institution or person count."""
    measured = recordings()
    computed = tuple(
        replace(walk, kind="simulated", institution="solver", dataset="solver", subject=f"m{k}")
        for k, walk in enumerate(person("north", 5))
    )
    plain, both = Cohort(measured, benchmark()), Cohort((*measured, *computed), benchmark())
    assert [r.id for r in both.labelled()] == [r.id for r in plain.labelled()]
    assert [r.id for r in both.answers()] == [r.id for r in plain.answers()]
    assert (both.institutions, both.people, both.masked) == (plain.institutions, plain.people, plain.masked)
    assert both.cut(computed[0].person, 2.0, 0.2) == ((), ())
    alike = replace(computed[0], kind="emg_envelope")
    assert len(Cohort((*measured, alike), benchmark()).labelled()) == len(plain.labelled()) + 1


def test_recordings_that_cannot_be_scored_are_left_out():
    walk, _ = person("north", 1)
    silent = with_activation(replace(walk, trial="silent"), np.full_like(walk.activation, np.nan))
    legless = replace(walk, trial="legless", motion_names=tuple(f"{n}x" for n in walk.motion_names))
    other = replace(walk, trial="other", task="stairs")
    found = Cohort((walk, silent, legless, other), benchmark())
    assert [r.trial for r in found.answers()] == [walk.trial]


def test_rate_conversion_keeps_the_clock_and_the_sign():
    fast = make_walk(rate=100.0)
    slow = at_rate(fast, 50.0)
    assert slow.rate == 50.0
    assert len(slow.motion) == len(fast.motion) // 2
    assert slow.motion.dtype == slow.activation.dtype == np.float32
    assert (slow.activation >= 0).all()
    assert np.abs(slow.motion - fast.motion[::2]).max() < 0.02
    assert at_rate(slow, 50.0) is slow


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.floats(0.3, 6.0),
    gap=st.floats(0.0, 1.0),
    lengths=st.lists(st.floats(0.8, 5.0), min_size=1, max_size=3),
)
def test_calibration_and_test_never_share_a_frame(seconds, gap, lengths):
    trials = tuple(make_walk(seed=i, seconds=length) for i, length in enumerate(lengths))
    found = Cohort(trials, benchmark())
    calibration, test = found.cut(trials[0].person, seconds, gap)
    if not test:
        return
    assert sum(len(r.motion) for r in calibration) == round(seconds * 50)
    used = {r.id: len(r.motion) for r in calibration}
    for answer in test:
        first = used.get(answer.id, 0)
        hidden = first + round(gap * 50) if first else 0
        assert np.isnan(answer.activation[:hidden]).all()
        assert np.isfinite(answer.activation[hidden:]).all()


def test_the_unit_of_a_few_shot_test_comes_from_the_calibration_seconds():
    walk, run = person("north", 1)
    louder = walk.activation.copy()
    louder[100:] *= 10
    for activation in (walk.activation, louder):
        found = Cohort((with_activation(walk, activation), run), benchmark())
        calibration, test = found.cut(walk.person, 2.0, 0.2)
        assert calibration[0].reference[0] == pytest.approx(np.percentile(walk.activation[:100, 0], 95), rel=1e-6)
        assert {r.reference for r in (*calibration, *test)} == {calibration[0].reference}
        assert "calibration: 2 s" in [f.message for f in test[0].flags]


def test_a_person_with_too_few_seconds_gives_no_fold():
    assert cohort().cut("north/n1", 100.0, 0.2) == ((), ())


def test_a_short_remainder_is_not_tested():
    walk, run = person("north", 1, seconds=3.0)
    _, test = Cohort((walk, run), benchmark()).cut(walk.person, 2.5, 0.2)
    assert [r.task for r in test] == ["run"]


def test_frames_without_labels_do_not_count_as_calibration():
    walk, _ = person("north", 1)
    values = walk.activation.copy()
    values[:50] = np.nan
    calibration, _ = Cohort((with_activation(walk, values),), benchmark()).cut(walk.person, 1.0, 0.0)
    assert len(calibration[0].motion) == 100


def test_people_and_institutions_are_sorted():
    found = cohort(found=recordings()[::-1])
    assert found.institutions == ("north", "south", "west")
    assert found.people[0] == ("north", "north/n1")
    assert len(found.people) == 6


def test_domains_stand_beside_data_sets(tmp_path, monkeypatch):
    from myoshift import datasets, store
    from myoshift.bench.cohort import gather
    from myoshift.errors import ConfigError

    store.write(tmp_path / "own", recordings(), "key")
    monkeypatch.setattr(datasets, "recordings", lambda names, data=None, hours=None: ())
    spec = benchmark(datasets=[], domains=[str(tmp_path / "own")])
    assert len(gather(spec, None).recordings) == len(recordings())
    monkeypatch.setattr(datasets, "recordings", lambda names, data=None, hours=None: recordings()[:1])
    with pytest.raises(ConfigError, match="same id"):
        gather(benchmark(domains=[str(tmp_path / "own")]), None)


def test_a_cut_of_some_of_a_persons_recordings_tests_no_other():
    days = [replace(make_walk(seed=k, seconds=8.0), session=f"{k}", trial=f"walk-{k}") for k in range(3)]
    spec = benchmark(reference_tasks=["*"])
    calibration, test = Cohort(tuple(days), spec).cut(days[0].person, 2.0, 0.2, lambda r: r.session == "1")
    assert {r.session for r in (*calibration, *test)} == {"1"}
