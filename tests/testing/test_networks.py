"""Networks that break a promise are caught."""

import pytest
import torch

from myoshift import registry
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.testing import ContractError, check_network


class Peeking(TCN):
    """Looks one frame ahead where it can."""

    def _proceed(self, seen, present, kept):
        return super()._proceed(torch.roll(seen, -1, dims=1), present, kept)


class Forgetful(TCN):
    """Keeps nothing between two frames of a stream."""

    def _proceed(self, seen, present, kept):
        features, _ = super()._proceed(seen, present, kept)
        return features, self._blank(len(seen))


class Deaf(TCN):
    """Does not hear when nothing was measured."""

    def _encode(self, seen, present):
        return super()._encode(seen, torch.ones_like(present))


class Blind(TCN):
    """Says the same whatever the motion."""

    def _encode(self, seen, present):
        return 0 * super()._encode(seen, present) + present


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (Peeking, "causal.*: the future does not change the past"),
        (Forgetful, "a stream gives what the whole recording gives"),
        (Deaf, r"offline\): nothing behind a recording changes"),
        (Blind, "the outputs depend on the motion"),
    ],
)
def test_a_network_that_breaks_a_promise_is_caught(monkeypatch, broken, promise):
    kind = type("Saved", (SavedTCN,), {"network": broken})
    monkeypatch.setattr(registry, "load", lambda group, name: kind)
    with pytest.raises(ContractError, match=f"broken .*{promise}"):
        check_network("broken")
