"""From the few coordinates that a laboratory measured to the motion of a whole body.

What was not measured is filled in, in this order: the other leg of a gait is the same curve half a cycle later; other
joints follow published mean curves by gait phase (`curves`), or stay neutral where there is no gait; a declared
orientation of the thigh sets the hip; the pelvis is tilted so that the feet are flat in mid-stance; the trunk is
upright; the pelvis travels so that the standing foot rests (`ground`). Every coordinate so filled in is missing from
`Motion.measured` and named in a flag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags_array
from scipy.sparse.linalg import spsolve

from myoshift import signal
from myoshift.anatomy.tables import other, split_side
from myoshift.errors import DataRefused
from myoshift.registry import unknown
from myoshift.simulate import chain, ground
from myoshift.simulate.curves import curve, has
from myoshift.simulate.model import COORDINATES, SIDES
from myoshift.simulate.motion import Motion
from myoshift.simulate.phases import Cycles, cycles, half_a_cycle_later
from myoshift.types import Array, Flag, Mask, Side

HEIGHT = 1.70  # m, of a person whose height is not known
SHORTEST = 0.5  # s of motion without gaps
ORIENTATIONS = {"thigh vertical": 0.0, "thigh horizontal": np.pi / 2}
"""Hip flexion under an upright pelvis, of each declared `Recording.segment_orientation`."""
MID_STANCE = {"walk": (0.10, 0.32), "run": (0.06, 0.16)}  # gait phases in which the foot is flat (Perry 1992)
TILT = 2.5
CUTOFF = 4.0
TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretch:
    """The motion of the whole body in frames without gaps of the recording."""

    frames: slice
    motion: Motion


def complete(
    values: Array,
    names: Sequence[str],
    rate: float,
    *,
    height: float | None = None,
    orientation: str | None = None,
) -> tuple[Stretch, ...]:
    """The motion of the whole body in each stretch of at least 0.5 s in which all measured coordinates were seen.

    Parameters
    ----------
    values : (T, C) rad and m; a column that is NaN throughout was not measured
    names : canonical coordinate names with side (`hip_flexion_r`)
    rate : Hz, even
    height : of the person, m; 1.70 where it is not known
    orientation : how the thigh stands to gravity, as the recording declares it; the pelvis is then held

    Raises
    ------
    UnknownNameError
        When an orientation is not known.
    DataRefused
        When there is no measured coordinate of the body.
    """
    if orientation is not None and orientation not in ORIENTATIONS:
        raise unknown("segment orientation", orientation, tuple(ORIENTATIONS))
    wide = np.full((len(values), len(COORDINATES)), np.nan)
    for name, column in zip(names, values.T, strict=True):
        if name in COORDINATES:
            wide[:, COORDINATES.index(name)] = column
    there = np.isfinite(wide).any(axis=0)
    if not there.any():
        raise DataRefused("no coordinate of the body was measured", why=f"columns: {', '.join(names)}")
    whole = np.isfinite(wide[:, there]).all(axis=1)
    edges = np.flatnonzero(np.diff(np.r_[False, whole, False].astype(int))).reshape(-1, 2)
    return tuple(
        Stretch(frames=slice(a, b), motion=_Body(wide[a:b], rate, height or HEIGHT, orientation).motion())
        for a, b in edges.tolist()
        if b - a >= SHORTEST * rate
    )


class _Body:
    """A motion that is being filled in."""

    def __init__(self, values: Array, rate: float, height: float, orientation: str | None) -> None:
        self.values, self.rate, self.height, self.orientation = values.copy(), rate, height, orientation
        self.measured = frozenset(n for n in COORDINATES if np.isfinite(values[:, COORDINATES.index(n)]).all())
        self.flags: list[Flag] = []
        self.cycles = None if orientation else self._cycles()

    def motion(self) -> Motion:
        if self.orientation:
            self._hold(ORIENTATIONS[self.orientation])
        elif self.cycles:
            self._other_leg(self.cycles)
            self._mean_curves(self.cycles)
        self._neutral()
        self._tilt()
        self._trunk()
        if not self.orientation:
            self._travel()
        return Motion(
            values=self.values,
            rate=self.rate,
            support="held" if self.orientation else "ground",
            measured=self.measured,
            flags=tuple(self.flags),
        )

    def _cycles(self) -> Cycles | None:
        angles = [
            {side: self._get(f"{joint}_{side}") for side in SIDES if f"{joint}_{side}" in self.measured}
            for joint in ("hip_flexion", "knee_angle")
        ]
        return cycles(angles[0], angles[1], self.rate)

    def _hold(self, hip: float) -> None:
        """The pelvis upright and at rest; both thighs as declared, the other knee hanging or straight."""
        named = [f"hip_flexion_{side}" for side in SIDES]
        filled = self._fill({**dict.fromkeys(named, hip), **dict.fromkeys([f"knee_angle_{s}" for s in SIDES], hip)})
        self._flag("posture", f"{self.orientation}: hip flexion {np.degrees(hip):.0f} deg, pelvis held", filled)

    def _other_leg(self, gait: Cycles) -> None:
        copied = []
        for name in COORDINATES:
            base, side = split_side(name)
            twin = f"{base}_{other(side)}" if side else ""
            if name not in self.measured and twin in self.measured and side:
                self._set(name, half_a_cycle_later(self._get(twin), gait.phase[other(side)]))
                copied.append(name)
        self._flag("other_side", "taken from the other side, half a gait cycle away", copied)

    def _mean_curves(self, gait: Cycles) -> None:
        filled = {}
        for name in self._missing():
            base, side = split_side(name)
            if has(gait.gait, base):
                filled[name] = curve(gait.gait, base, gait.phase[side or "r"])
        self._flag("mean_curve", f"published mean curves of {gait.gait}ing by gait phase", self._fill(filled))

    def _neutral(self) -> None:
        missing = [n for n in self._missing() if n not in (*TRANSLATIONS, "pelvis_tilt", "lumbar_extension")]
        self._flag("neutral", "not measured: the neutral position", self._fill(dict.fromkeys(missing, 0.0)))

    def _tilt(self) -> None:
        """The pelvis tilted so that the feet are flat where they bear the body: in mid-stance, or always if no gait."""
        if "pelvis_tilt" in self.measured or self.orientation:
            self._fill({"pelvis_tilt": 0.0})
            return
        mean = np.nan_to_num(self._get("pelvis_tilt"))
        flat = np.stack([-self._pitch(side) for side in SIDES], axis=1)
        bearing = np.stack([self._mid_stance(side) for side in SIDES], axis=1).astype(float)
        self._set("pelvis_tilt", mean + smoothed(flat - mean[:, None], bearing, self.rate, self._cutoff(TILT)))
        self._flag("tilt", "not measured: such that the feet are flat in mid-stance", ["pelvis_tilt"])

    def _mid_stance(self, side: Side) -> Mask:
        if self.cycles is None:
            return np.ones(len(self.values), dtype=bool)
        low, high = MID_STANCE[self.cycles.gait]
        phase = np.mod(self.cycles.phase[side], 1.0)
        return (phase > low) & (phase < high)

    def _pitch(self, side: Side) -> Array:
        """(T,) by which the toes are higher than the heel while the pelvis is upright, rad."""
        hip, knee, ankle = (self._get(f"{joint}_{side}") for joint in ("hip_flexion", "knee_angle", "ankle_angle"))
        return hip - knee + ankle

    def _trunk(self) -> None:
        filled = self._fill({"lumbar_extension": -self._get("pelvis_tilt")})
        self._flag("trunk", "not measured: the trunk is upright", filled)

    def _travel(self) -> None:
        missing = [name for name in TRANSLATIONS if name not in self.measured]
        if not missing:
            return
        self._fill(dict.fromkeys(TRANSLATIONS, 0.0))
        rest = self._support()
        velocity = [self._below(rest.velocity[:, 0], 3.0), self._below(rest.velocity[:, 2], 2.0)]
        if self.cycles is not None:
            ahead, aside = self._mean_velocity(self.cycles, rest)
            if "pelvis_tilt" not in self.measured:
                velocity[0] = ahead
                self._set("pelvis_tilt", self._get("pelvis_tilt") + self._leaning(rest, ahead))
                rest = self._support()
            if "pelvis_list" not in self.measured or not {"hip_adduction_r","hip_adduction_l"} & self.measured:
                velocity[1] = aside
        x, z = (np.cumsum(each) / self.rate for each in velocity)
        found = {"pelvis_tx": x - x[0], "pelvis_ty": self._below(rest.height, 3.0), "pelvis_tz": z - z[0]}
        for name in missing:
            self._set(name, found[name])
        self._flag("travel", "not measured: the standing foot rests on the ground", missing)

    def _support(self) -> ground.Support:
        placed = self.values.copy()
        placed[:, [COORDINATES.index(name) for name in TRANSLATIONS]] = 0.0
        return ground.support(chain.feet(placed, self.height), self.rate, self.cycles.bearing() if self.cycles else None)

    def _mean_velocity(self, gait: Cycles, rest) -> tuple[Array, Array]:
        """Forwards and to the right: the speed over the standing feet, changed as ground reactions are known to."""
        speed = self._below(rest.velocity[:, 0], 0.5)
        phase = gait.phase["r"]
        f = self._cutoff(1.0)
        grid = np.arange(200) / 200
        force = curve("walk","ground_reaction_x",grid) + curve("walk","ground_reaction_x",grid+.5) if gait.gait=="walk" else 0*grid
        force = (force - force.mean()) * np.degrees(1)
        gain = np.cumsum(force)*ground.GRAVITY/200/f
        gain -= gain.mean()
        ahead = speed*(1+ np.interp(phase%1.0, grid, gain, period=1.0)/1.4)
        sway = 0.022 if gait.gait=="walk" else 0.0
        aside = self._below(rest.velocity[:, 2], 0.3) + sway*2*np.pi*f*np.cos(2*np.pi*(phase-.05))
        return ahead, aside

    def _leaning(self, rest, ahead: Array) -> Array:
        turn = np.cumsum((rest.velocity[:, 0] - ahead) / rest.height) / self.rate
        return self._below(turn, 3.0) - self._below(turn, 0.5)

    def _below(self, x: Array, harmonics: float) -> Array:
        return signal.lowpass(x[:, None], self.rate, self._cutoff(harmonics))[:, 0]

    def _cutoff(self, harmonics: float) -> float:
        """Hz: that many times the stride frequency."""
        if self.cycles is None:
            return CUTOFF
        return harmonics * float(np.mean(np.diff(self.cycles.phase["r"]))) * self.rate

    def _missing(self) -> list[str]:
        return [n for n in COORDINATES if not np.isfinite(self._get(n)).all()]

    def _fill(self, columns: dict[str, Array | float]) -> list[str]:
        """Set those of the columns that are still missing; their names."""
        chosen = [name for name in columns if name in self._missing()]
        for name in chosen:
            self._set(name, columns[name])
        return chosen

    def _get(self, name: str) -> Array:
        return self.values[:, COORDINATES.index(name)]

    def _set(self, name: str, column: Array | float) -> None:
        self.values[:, COORDINATES.index(name)] = column

    def _flag(self, code: str, message: str, names: Sequence[str]) -> None:
        if names:
            self.flags.append(Flag(code, message, ", ".join(names)))


def smoothed(targets: Array, weights: Array, rate: float, cutoff: float) -> Array:
    """The smooth curve (T,) nearest to several targets (T, K) where they count, straight where none does.

    Minimises `sum w (x - target)^2 + s |x''|^2`, with s such that a target that counts 1 passes below `cutoff` Hz.
    """
    stiffness = (rate / (2 * np.pi * cutoff)) ** 4
    count = len(targets)
    bend = diags_array([1.0, -2.0, 1.0], offsets=[0, 1, 2], shape=(count - 2, count))
    system = diags_array(weights.sum(axis=1) + 1e-6) + stiffness * (bend.T @ bend)
    out: Array = spsolve(system.tocsc(), (weights * targets).sum(axis=1))
    return out
