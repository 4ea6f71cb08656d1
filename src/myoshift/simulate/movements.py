"""Motions without files: people who walk, run and exercise, from published mean curves (`curves`).

A gait has a speed, which sets how long a cycle lasts and how far the joints move. Speeds are dimensionless, v over
the root of g times the leg length, so that children and adults share them (Hof 1996, Gait Posture 4:222). Each person
has a style of amplitudes, zeros, crouch, timing and asymmetry; from cycle to cycle it varies a little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from myoshift import registry
from myoshift.simulate.curves import Gait, curve, has_curve
from myoshift.simulate.ground import GRAVITY
from myoshift.simulate.model import COORDINATES, SIDES
from myoshift.simulate.motion import Motion
from myoshift.simulate.phases import Cycles
from myoshift.simulate.posture import HEIGHT, complete
from myoshift.types import Array, Flag, Side

Kind = Literal["walk", "run", "squat", "step_down", "standing_flexion", "sitting_extension"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GAITS: tuple[Gait, ...] = get_args(Gait)
JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
LEG_LENGTH = 0.53  # of the height (Winter 2009)
WALKS = {"walk_slow": 0.21, "walk": 0.43, "walk_fast": 0.64}
"""Dimensionless speed of each published set of curves (Schwartz et al. 2008, J Biomech 41:1639)."""
SPEEDS: dict[Gait, tuple[float, float]] = {"walk": (0.22, 0.52), "run": (0.68, 0.88)}
"""Dimensionless speeds that are drawn: 0.65 to 1.55 m/s walking, 2.0 to 2.6 m/s running for a leg of 0.9 m.

Beyond, the abductors and rotators of the embedded hip are too weak for a person of average build."""
CADENCE: dict[Gait, tuple[float, float, float]] = {"walk": (0.58, 0.43, 0.58), "run": (0.83, 1.0, 0.15)}
"""Steps in the time root(leg length / g) at a speed, and the power with which they grow with it.

Walking: step length grows as speed to the power of 0.42 (Grieve & Gear 1966, Ergonomics 9:379); running: the number
of steps hardly grows below 3 m/s (Cavagna et al. 1988, J Physiol 399:81)."""
POSTURES = {"standing_flexion": "thigh vertical", "sitting_extension": "thigh horizontal"}
OTHER = {"step_down": "step_down_other", "standing_flexion": "", "sitting_extension": ""}
"""What the left leg does meanwhile, where not the same; nothing, where nothing is known of it."""
REPETITION = 4.0  # s
RUN = 0.95
"""Dimensionless speed of the published curves of running (Novacheck 1998, Gait Posture 7:77)."""
CROUCH = (0.5, 1.0, 0.5)
"""Share of the crouch in hip, knee and ankle: trunk and foot keep their orientation."""
CHANGING = 0.3  # of recordings, in which the speed changes
STANDARD = np.array(
    (0.08, 0.10, 0.15)
)  # of amplitudes between people, hip, knee and ankle (Kadaba 1989; Winter 1991)
TIMING = 0.015  # gait cycles
OWN = 3  # harmonics of a person's own, from the second on
SHAPES = np.radians((0.5, 0.9, 0.9))  # of each of their cosines and sines
ZEROS = np.array(
    (0.06, 0.05, 0.05)
)  # rad, of the zeros of the joints between people and laboratories (McGinley 2009)
FRONTAL = ("hip_adduction_r", "hip_adduction_l", "pelvis_list", "lumbar_bending")
TWIST = ("hip_rotation_r", "hip_rotation_l", "pelvis_rotation", "lumbar_rotation")


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One person's way of moving. Angles in rad; hip, knee and ankle in this order.

    Parameters
    ----------
    height : m
    speed : of a gait at the beginning and at the end, dimensionless
    cadence : steps, or repetitions, over those that are usual
    scale, offset : of each joint's curve
    crouch : by which the knee stays bent, under a trunk and over a foot that do not turn
    asymmetry : by how much the left leg's amplitudes exceed the right's, as a share
    timing : gait cycles by which events in mid-cycle come late, of each joint
    shape : (3, 2 x harmonics) cosines and sines of a person's own in a gait, from the second harmonic on
    frontal, twist : amplitude in the frontal plane and about the vertical, over the usual one
    variability : standard deviation from one cycle to the next, as a share, of amplitude and half that of its time
    seed : of what changes from cycle to cycle
    """

    kind: Kind
    height: float = HEIGHT
    speed: tuple[float, float] = (0.43, 0.43)
    cadence: float = 1.0
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    crouch: float = 0.0
    asymmetry: float = 0.0
    timing: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shape: tuple[tuple[float, ...], ...] = ((), (), ())
    frontal: float = 1.0
    twist: float = 1.0
    variability: float = 0.03
    seed: int = 0

    @classmethod
    def draw(cls, random: np.random.Generator, kind: Kind, *, height: float = HEIGHT) -> Movement:
        """A person's movement.

        Raises
        ------
        UnknownNameError
            When there is no such kind.
        """
        if kind not in KINDS:
            raise registry.unknown("movement", kind, KINDS)
        style = random.normal(size=16)
        slow, fast = SPEEDS[kind] if kind in GAITS else (0.0, 0.0)
        first, last = random.uniform(slow, fast, 2)
        return cls(
            kind=kind,
            height=height,
            speed=(first, last if random.random() < CHANGING else first),
            cadence=float(np.exp(0.06 * style[0])),
            scale=_three(np.exp(STANDARD * style[1:4])),
            offset=_three(ZEROS * style[4:7]),
            crouch=float(np.clip(random.exponential(0.06), 0.0, 0.5)) if kind in GAITS else 0.0,
            asymmetry=0.05 * style[7],
            timing=_three(TIMING * style[11:14]),
            shape=tuple(tuple((size * random.normal(size=2 * OWN)).tolist()) for size in SHAPES),
            frontal=float(np.exp(0.2 * style[8])),
            twist=float(np.exp(0.2 * style[9])),
            variability=float(random.uniform(0.015, 0.05)),
            seed=int(random.integers(2**31)),
        )

    def motion(self, seconds: float, rate: float) -> Motion:
        """The whole body for some seconds."""
        random = np.random.default_rng(self.seed)
        if self.kind in GAITS:
            motion = self._gait(round(seconds * rate), rate, random)
        else:
            motion = self._exercise(round(seconds * rate), rate, random)
        what = Flag("generated", f"{self.kind} from published curves, seed {self.seed}")
        return replace(motion, values=self._turned(motion.values), measured=frozenset(), flags=(what,))

    def _gait(self, frames: int, rate: float, random: np.random.Generator) -> Motion:
        kind: Gait = "run" if self.kind == "run" else "walk"
        first, last = self.speed
        speed = first + (last - first) * _smooth_step(np.linspace(-0.5, 1.5, frames))
        cycles = _cycles(self._frequency(kind, speed), rate, self.variability / 2, random)
        phase: dict[Side, Array] = {"r": cycles, "l": cycles + 0.5}
        angles = {
            f"{joint}_{side}": self._joint(number, _warped(phase[side], self.timing[number]), speed, side, random)
            for side in SIDES
            for number, joint in enumerate(JOINTS)
        }
        gait = Cycles(gait=kind, phase=phase)
        return _completed(angles, rate, self.height, None, gait)

    def _frequency(self, kind: Gait, speed: Array) -> Array:
        """Gait cycles a second at each speed."""
        steps, usual, power = CADENCE[kind]
        pace: Array = self.cadence * steps * (speed / usual) ** power
        return pace / 2 * float(np.sqrt(GRAVITY / (LEG_LENGTH * self.height)))

    def _joint(self, number: int, phase: Array, speed: Array, side: Side, random: np.random.Generator) -> Array:
        """One joint of one leg in a gait."""
        mean = (_walking if self.kind == "walk" else _running)(JOINTS[number], phase, speed)
        uneven = 1.0 + self.asymmetry * (0.5 if side == "l" else -0.5)
        amplitude = self.scale[number] * uneven * (1.0 + self.variability * _wander(phase, random))
        own = self.offset[number] + CROUCH[number] * self.crouch + _harmonics(self.shape[number], phase)
        angle: Array = mean.mean() + amplitude * (mean - mean.mean()) + own
        return angle

    def _exercise(self, frames: int, rate: float, random: np.random.Generator) -> Motion:
        """Repetitions; the joints that an exercise has no curves of, and held thighs, are filled in."""
        cycles = _cycles(np.full(frames, self.cadence / REPETITION), rate, 2 * self.variability, random)
        depth = 1.0 + 2 * self.variability * _wander(cycles, random)
        legs: dict[Side, str] = {"r": self.kind, "l": OTHER.get(self.kind, self.kind)}
        angles = {}
        for side, exercise in legs.items():
            for number, joint in enumerate(JOINTS):
                if has_curve(exercise, joint):
                    rest = curve(exercise, joint, np.zeros(1))
                    bent = curve(exercise, joint, cycles) - rest
                    angles[f"{joint}_{side}"] = rest + self.scale[number] * depth * bent + self.offset[number] / 2
        return _completed(angles, rate, self.height, POSTURES.get(self.kind), None)

    def _turned(self, values: Array) -> Array:
        """The coordinates out of the sagittal plane, which are mean curves, by this person's share of them."""
        factor = np.ones(len(COORDINATES))
        for names, size in ((FRONTAL, self.frontal), (TWIST, self.twist)):
            factor[[COORDINATES.index(name) for name in names]] = size
        turned: Array = values * factor
        return turned


def _three(values: Array) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third


def _smooth_step(x: Array) -> Array:
    """0 below 0, 1 above 1, without a corner between."""
    part: Array = np.clip(x, 0.0, 1.0)
    return part**2 * (3 - 2 * part)


def _cycles(frequency: Array, rate: float, variability: float, random: np.random.Generator) -> Array:
    """(T,) running phase at those cycles a second, each cycle a little longer or shorter; it begins anywhere."""
    steady = random.random() + np.cumsum(frequency) / rate
    changes = 1.0 + variability * _wander(steady, random)
    phase: Array = steady[0] + np.cumsum(frequency * changes) / rate
    return phase


def _wander(phase: Array, random: np.random.Generator) -> Array:
    """(T,) a value from the normal distribution, up to 2, for every cycle, and smooth ways between."""
    cycle = np.floor(phase).astype(int) - int(np.floor(phase.min()))
    values = np.clip(random.normal(size=cycle.max() + 2), -2.0, 2.0)
    wandering: Array = values[cycle] + (values[cycle + 1] - values[cycle]) * _smooth_step(np.mod(phase, 1.0))
    return wandering


def _warped(phase: Array, timing: float) -> Array:
    """Phases whose middle comes later by `timing`, and whose strikes stay."""
    late: Array = phase - timing * np.sin(np.pi * phase) ** 2
    return late


def _harmonics(shape: tuple[float, ...], phase: Array) -> Array:
    """(T,) sum of the cosines and sines of `shape`, the second harmonic first."""
    half = len(shape) // 2
    angle = 2 * np.pi * phase[:, None] * np.arange(2, 2 + half)
    return np.asarray(np.cos(angle) @ np.array(shape[:half]) + np.sin(angle) @ np.array(shape[half:]))


def _walking(joint: str, phase: Array, speed: Array) -> Array:
    """Mean curve between those of the published speeds."""
    curves = [curve(walk, joint, phase) for walk in WALKS]
    speeds = np.array([*WALKS.values()])
    weights = [np.interp(speed, speeds, unit) for unit in np.eye(len(WALKS))]
    total: Array = np.sum(np.stack(weights) * np.stack(curves), axis=0)
    return total


def _running(joint: str, phase: Array, speed: Array) -> Array:
    """Mean curve, whose amplitude grows with speed."""
    larger: Array = curve("run", joint, phase) * (speed / RUN) ** 0.3
    return larger


def _completed(
    angles: dict[str, Array], rate: float, height: float, orientation: str | None, gait: Cycles | None
) -> Motion:
    values = np.stack([*angles.values()], axis=1)
    stretch = complete(values, tuple(angles), rate, height=height, orientation=orientation, gait=gait)
    return stretch[0].motion
