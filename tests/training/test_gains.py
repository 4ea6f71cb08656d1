from __future__ import annotations

import torch

from myoshift.training.gains import BOUND, Gains

MEASURED = torch.tensor([[True, True], [True, False], [True, False]])


def test_gains_are_1_at_first_and_their_logarithms_have_mean_0():
    gains = Gains(MEASURED)
    values = torch.rand(3, 5, 2)
    torch.testing.assert_close(gains(values, torch.arange(3)), values)
    with torch.no_grad():
        gains.raw[:] = torch.tensor([[9.0, 9.0], [-9.0, 9.0], [0.0, 9.0]])
    found = gains.logarithms()
    torch.testing.assert_close(found[:, 0].mean(), torch.zeros(()))
    assert found.abs().max() <= 2 * BOUND


def test_an_output_of_one_person_has_no_gain():
    gains = Gains(MEASURED)
    torch.nn.init.constant_(gains.raw, 2.0)
    assert torch.equal(gains.logarithms()[:, 1], torch.zeros(3))
