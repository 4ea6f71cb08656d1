"""What lies between activation and a measured envelope, as differentiable functions."""

from myoshift.physiology.activation import activate, excite
from myoshift.physiology.delay import advance
from myoshift.physiology.observation import PRIORS, Observation, Prior, smooth

__all__ = ["PRIORS", "Observation", "Prior", "activate", "advance", "excite", "smooth"]
