"""What a selector is handed holds no answer, and a frame's loss is its share in 1 - r."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

import numpy as np
import pytest

from bench.planted import case, evidence, labelled, noisy, seen, truth
from myoshift import registry
from myoshift.bench.evidence import Evidence, Labelled, Seen
from myoshift.bench.selectors import Case
from myoshift.bench.selectors.case import agreement, frame_losses
from myoshift.types import Answers


def test_no_selector_can_be_handed_an_answer():
    hints = {kind: get_type_hints(kind) for kind in (Case, Evidence, Labelled, Seen)}
    assert not any(
        Answers in (hint, *getattr(hint, "__args__", ())) for own in hints.values() for hint in own.values()
    )
    assert "Seen" in str(hints[Evidence]["target"])
    assert not {"measured", "r"} & {field.name for field in fields(Seen)}


@pytest.mark.parametrize("name", [name for name in registry.names("selectors") if name != "oracle"])
def test_every_selector_takes_a_case_and_nothing_else(name):
    selector = registry.load("selectors", name)
    own = {k: hint for k, hint in get_type_hints(selector).items() if k != "return"}
    assert list(own.values()) == [Case]
    scores = selector(case(one=(evidence(), evidence()), other=(evidence(), evidence())))
    assert list(scores.index) in (["one", "other"], [])


def test_losses_of_a_person_average_to_one_minus_r():
    right = truth()
    part = labelled(noisy(right, 0.3), right)
    losses = frame_losses(part, (0, 1))
    for number in (0, 1):
        assert losses[part.person == number].mean() == pytest.approx(1 - part.r[number, :2].mean(), abs=1e-12)


def test_a_constant_prediction_loses_one_and_a_gain_nothing():
    right = truth()
    assert frame_losses(labelled(np.full_like(right, 0.4), right), (0, 1)) == pytest.approx(1)
    assert frame_losses(labelled(3 * right + 1, right), (0,)).mean() == pytest.approx(0, abs=1e-12)


def test_agreement_counts_an_output_that_one_lacks_as_nothing():
    right, half = truth(), truth()
    half[:, 1] = np.nan
    assert agreement(seen(right), seen(right), (0, 1)) == pytest.approx(1)
    assert agreement(seen(right), seen(half), (0, 1)) == pytest.approx(0.5)
    assert agreement(seen(half), seen(half), (0, 1)) == pytest.approx(1)
