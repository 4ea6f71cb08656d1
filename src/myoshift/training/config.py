"""How a network is trained; the defaults are the recipe that the prototype was measured with."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from myoshift.models.motion_norm import NormMode


class TrainingConfig(BaseModel):
    """Settings of the loop.

    Parameters
    ----------
    steps, batch : gradient steps and windows in each
    window : frames of a window, at the problem's rate
    lr, weight_decay : of AdamW, with a one-cycle schedule up to `lr`
    clip : largest gradient norm
    model : encoder of the network
    causal : whether the network never looks ahead and normalises by what was seen so far, so that it can be streamed
    norm : how the network's first layer normalises motion
    speed : largest relative change of walking speed by resampling a window
    gain, offset, noise : SDs of what is multiplied with and added to the normalised motion
    simulated : share of the windows that are simulated, where the source has both kinds; None for that which
        their institutions have
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=400, ge=1)
    batch: int = Field(default=16, ge=1)
    window: int = Field(default=100, ge=2)
    lr: float = Field(default=3e-3, gt=0)
    weight_decay: float = Field(default=1e-2, ge=0)
    clip: float = Field(default=1.0, gt=0)
    model: Literal["tcn", "gru", "transformer"] = "tcn"
    causal: bool = False
    norm: NormMode = "zscore"
    speed: float = Field(default=0.2, ge=0, lt=1)
    gain: float = Field(default=0.12, ge=0)
    offset: float = Field(default=0.08, ge=0)
    noise: float = Field(default=0.01, ge=0)
    simulated: float | None = Field(default=None, gt=0, lt=1)
