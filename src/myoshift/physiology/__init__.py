"""What lies between activation and a measured envelope, as differentiable functions."""

from myoshift.physiology.activation import activate, excite
from myoshift.physiology.delay import advance

__all__ = ["activate", "advance", "excite"]
