"""Protocols that test what a simulation computed."""

from __future__ import annotations

import pytest

from bench.test_sources import simulated
from bench.toys import benchmark, recordings
from myoshift.bench import leakage, protocols
from myoshift.bench.cohort import Cohort
from myoshift.bench.sources import supply
from myoshift.bench.spec import ProtocolSpec
from myoshift.testing import check_protocol

PEOPLE = ("a", "b", "c")


def made(**settings):
    plan = benchmark(synthetic={"twins": False})
    own = tuple(simulated(name, seed=20 + k) for k, name in enumerate(PEOPLE))
    cohort = Cohort(recordings(), plan, supply(plan, (*recordings(), *own)))
    return list(protocols.folds(ProtocolSpec(name="simulated_people", settings=settings), cohort))


def test_contract():
    found = made()
    check_protocol("simulated_people", found)
    for fold in found:
        leakage.check(fold)


@pytest.mark.parametrize(("folds", "sizes"), [(3, [1, 1, 1]), (2, [2, 1]), (5, [1, 1, 1])])
def test_everybody_simulated_is_tested_once_by_others(folds, sizes):
    found = made(folds=folds)
    tested = [sorted({r.subject for r in fold.test_activation}) for fold in found]
    assert [len(each) for each in tested] == sizes
    assert sorted(name for own in tested for name in own) == list(PEOPLE)
    for fold, own in zip(found, tested, strict=True):
        assert {r.subject for r in fold.split.source} == set(PEOPLE) - set(own)
        assert {r.kind for r in (*fold.split.source, *fold.test_activation)} == {"simulated"}
