"""Expected bursts of walking."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.walkers import BURST, SITES, walker
from myoshift import anatomy
from myoshift.datasets import bursts
from myoshift.datasets.seen import STEP, Seen


def test_every_group_is_a_site_with_phases_and_a_source():
    for name, known in bursts.expected().items():
        assert anatomy.site(name).group == name
        assert all(0 <= phase < 1 for phase in known.phases)
        assert 0 < known.tolerance < 0.25
        assert known.source


def test_a_site_takes_the_bursts_of_its_group():
    assert bursts.burst("gastrocnemius_medialis_r") == bursts.expected()["gastrocnemius"]
    assert bursts.burst("iliocostalis_r") is None


@pytest.mark.parametrize("site", SITES)
def test_bursts_peak_where_they_should(site):
    cycle = bursts.bursting(Seen(walker()), "r")[f"{site}_r"]
    assert bursts.peak(cycle) == pytest.approx(BURST[site], abs=0.03)
    assert bursts.away(site, bursts.peak(cycle)) < 0.03
    assert bursts.fit(cycle, site) > 0.5


def test_agreement_is_greatest_at_the_lag():
    cycles = bursts.bursting(Seen(walker()), "r")
    late = {site: np.roll(cycle, 20) for site, cycle in cycles.items()}
    best = int(np.argmax(bursts.agreement(late).mean(axis=0)))
    assert bursts.share(best) == pytest.approx(0.2, abs=0.02)
    assert bursts.share(STEP - 5) == pytest.approx(-0.05)


def test_a_flat_channel_does_not_burst():
    flat = walker()
    flat.emg.values[:, 0] = 1.0
    assert "tibialis_anterior_r" not in bursts.bursting(Seen(flat), "r")
    assert dict(bursts.both(Seen(flat), ("l",))) == {}
