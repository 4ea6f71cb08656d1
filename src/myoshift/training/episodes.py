"""Windows as episodes: the first part is what a new person would give for calibration, the rest is predicted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from myoshift.models.motion_norm import span
from myoshift.models.network import Network
from myoshift.training.batch import Windows
from myoshift.training.supervised import features

GAP = 0.2
"""Seconds between the parts; the filters of an envelope reach that far."""
LARGEST = 0.6
"""Share of the measured frames of a window that may be support, so that something is left to predict."""

ClosedForm = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""Features and activation of the support, features of the query, one positive number: activation of the query."""


@dataclass(frozen=True, eq=False)
class Episode:
    """Windows in two parts.

    Parameters
    ----------
    support : windows that end where the calibration seconds do, normalised by themselves, as a short recording is
    query : (B, T, M) activation of the frames to predict, NaN elsewhere
    """

    support: Windows
    query: Tensor


def episode(model: Network, windows: Windows, shortest: float, longest: float) -> Episode:
    """Windows split in time, after a number of measured frames that is drawn for each.

    A frame is measured when it has any activation. What is missing before, between or after them moves nothing.

    Parameters
    ----------
    model : network that the windows are for; of a causal one, the history before a window is the support's as well
    shortest, longest : seconds of the support, of which a window gives at most `LARGEST` of what it measured
    """
    so_far = windows.activation.isfinite().any(dim=-1).cumsum(dim=1)
    drawn = shortest + (longest - shortest) * torch.rand(len(so_far), 1)
    length = torch.minimum(model.rate * drawn, LARGEST * so_far[:, -1:]).floor()
    first, after = (so_far <= length).unsqueeze(-1), (so_far > length + round(GAP * model.rate)).unsqueeze(-1)
    motion, activation = (each.masked_fill(~first, torch.nan) for each in (windows.motion, windows.activation))
    own = windows.span if model.causal else span(motion)
    support = replace(windows, motion=motion, activation=activation, span=own)
    return Episode(support, windows.activation.masked_fill(~after, torch.nan))


class Head(nn.Module):
    """Predictions by a closed form from features and support alone; its one number is learned, as a logarithm.

    The network's own prediction is no part of it: what it says need not be in the features, and in another laboratory
    or gait features carry over where the prediction does not.
    """

    def __init__(self, form: ClosedForm, begin: float) -> None:
        super().__init__()
        self.form = form
        self.logarithm = nn.Parameter(torch.tensor(math.log(begin)))

    @property
    def number(self) -> Tensor:
        """Penalty or temperature."""
        return self.logarithm.exp()

    def forward(self, model: Network, support: Windows, whole: Tensor) -> Tensor:
        """Predictions (B, T, M) from features (B, T, D) of the whole windows."""
        return self.form(features(model, support), support.activation, whole, self.number)
