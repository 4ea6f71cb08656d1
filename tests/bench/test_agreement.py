"""Agreement of simulated activations with envelopes of the same motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conftest import make_walk
from myoshift.anatomy import IPSILATERAL
from myoshift.bench.agreement import CURVE, compare, delayed, others_delay, summary
from myoshift.errors import DataRefused

RIGHT = tuple(f"{name}_r" for name in IPSILATERAL)


def walk(**options):
    return make_walk(rate=100.0, **options)


def late(recording, frames=6):
    """Muscles of the right leg that do what its tibialis anterior showed so many frames before."""
    seen = recording.activation[:, [recording.activation_names.index("tibialis_anterior_r")]]
    values = np.repeat(np.roll(seen, frames, axis=0), len(RIGHT), axis=1)
    values[:frames] = np.nan
    return replace(recording, activation=values, activation_names=RIGHT, kind="simulated")


def test_a_delay_is_found_where_it_is():
    rows, refused = compare([walk()], late)
    assert not refused
    own = rows.set_index("site").loc["tibialis_anterior"]
    assert own["r_60"] == pytest.approx(1.0)
    assert own["best"] == pytest.approx(1.0)
    assert own["lag"] == pytest.approx(0.06, abs=1e-3)
    assert own["r_0"] < 0.9
    assert own["feasible"] == pytest.approx(1194 / 1200)
    assert set(rows["site"]) == {"tibialis_anterior", "gastrocnemius_medialis", "soleus"}


def test_a_person_with_many_recordings_counts_once():
    many = [replace(walk(subject="often", seed=k), trial=f"t{k}") for k in range(3)]
    single = replace(walk(subject="once"), trial="t")
    frames = {"often": 0, "once": 10}
    rows, _ = compare([*many, single], lambda r: late(r, frames[r.subject]))
    apart = [compare(own, lambda r: late(r, frames[r.subject]))[0] for own in (many, [single])]
    np.testing.assert_allclose(rows[CURVE], (apart[0][CURVE] + apart[1][CURVE]) / 2)
    assert list(rows["people"]) == [2, 2, 2]


def test_what_cannot_be_simulated_is_named_and_what_was_simulated_is_no_measurement():
    def refuse(recording):
        if recording.trial == "bad":
            raise DataRefused("no", why="too short")
        return late(recording)

    rows, refused = compare(
        [walk(), replace(walk(), trial="bad"), replace(late(walk(subject="s2")), trial="simulated")], refuse
    )
    assert [why for _, why in refused] == ["too short"]
    with pytest.raises(DataRefused, match="too short"):
        compare([replace(walk(), trial="bad")], refuse)
    assert list(rows["people"]) == [1, 1, 1]


def test_no_institution_has_a_say_in_its_own_delay():
    def row(place, site, peak, slope):
        curve = {name: 1 - slope * abs(10 * k - peak) for k, name in enumerate(CURVE)}
        common = {"condition": "healthy-walk", "best": 1.0, "lag": 0.0, "feasible": 1.0, "people": 1}
        return {"institution": place, "site": site, **common, **curve}

    two = [row("b", site, 80, 0.005) for site in ("soleus", "rectus_femoris")]
    rows = pd.DataFrame([row("a", "soleus", 20, 0.01), *two])
    assert others_delay(rows, "a") == pytest.approx(0.08)
    assert others_delay(rows) == others_delay(rows, "b") == pytest.approx(0.02)
    np.testing.assert_allclose(delayed(rows)["delayed"], [0.4, 0.7, 0.7])
    means = summary(rows).set_index("institution")
    assert list(means["delayed"]) == pytest.approx([0.4, 0.7])
    assert list(means["all"]) == pytest.approx([1.0, 0.7])
    assert list(means["sites"]) == [1, 2]
    assert means.loc["b", "rest"] == pytest.approx(0.6)
