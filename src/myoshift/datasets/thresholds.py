"""From which number on something is doubted: one place, with defaults that a check prints beside its verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field

from myoshift.signal import Limits


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Limits of the checks on motion, bodies, clocks and walking; `emg` holds those of single channels.

    Parameters
    ----------
    height, mass, spread : least and most of a person in m, kg, and m between the outermost markers (a tenth of them
        left out at both ends)
    gap : s, a hole that is not bridged by interpolation
    drift : ppm between the clocks of motion and EMG; `drifted` s apart at the end, both must be exceeded
    lag : share of the gait cycle by which the bursts of all muscles together may come early or late
    swap : share of the cycle from which a common lag means the other leg
    fit : mean correlation with the expected bursts from which all muscles together say anything
    clear, apart : correlation from which one muscle does, and by how much it must be higher at another phase than
        where the other muscles are; how far it may be off stands in `phases.csv`
    margin : by how much all together must fit better with a lag than without
    strides : fewest, for a clock's drift
    scale : ratio of one person's amplitudes of a channel in two recordings, beyond which a unit is mixed up
    """

    height: tuple[float, float] = (0.5, 2.3)
    mass: tuple[float, float] = (3.0, 250.0)
    spread: tuple[float, float] = (0.2, 2.5)
    gap: float = 0.05
    drift: float = 200.0
    drifted: float = 0.02
    lag: float = 0.06
    swap: float = 0.4
    fit: float = 0.6
    clear: float = 0.7
    apart: float = 0.25
    margin: float = 0.1
    strides: int = 12
    scale: float = 100.0
    emg: Limits = field(default_factory=Limits)


DEFAULT = Thresholds()
