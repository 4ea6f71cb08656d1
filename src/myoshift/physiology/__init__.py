"""What lies between activation and a measured envelope: differentiable functions, and delays with their intervals."""

from myoshift.physiology.activation import activate, excite
from myoshift.physiology.delay import advance, advance_exactly
from myoshift.physiology.dynamics import Dynamics, dynamics_or_shift
from myoshift.physiology.lag import LEARNED, SIMULATED, DelayPrior, Delays, estimate_delays
from myoshift.physiology.observation import PRIORS, Observation, Prior, smooth

__all__ = [
    "LEARNED",
    "PRIORS",
    "SIMULATED",
    "DelayPrior",
    "Delays",
    "Dynamics",
    "Observation",
    "Prior",
    "activate",
    "advance",
    "advance_exactly",
    "dynamics_or_shift",
    "estimate_delays",
    "excite",
    "smooth",
]
