"""What is to be predicted from what, and the legs that a split offers for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from myoshift import anatomy
from myoshift.anatomy import Leg
from myoshift.errors import AccessError, DataRefused
from myoshift.types import Array, Array32, Flag, Recording, Split

RATE_TOLERANCE = 1e-3
PARTS = frozenset({"source", "unlabelled", "calibration"})
"""Parts of a split that something which learns may need; `domains` is a need of another kind."""


@dataclass(frozen=True)
class Problem:
    """What is predicted from what.

    Parameters
    ----------
    inputs : coordinates (`hip_flexion`) or derived channels (`moment_hip_flexion`) without side
    outputs : sites without side
    rate : Hz
    optional : inputs of the own leg that may be missing (NaN), as long as the leg has one of its own at all
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rate: float
    optional: tuple[str, ...] = ()

    def config(self) -> dict[str, Any]:
        """The fields as JSON values; `optional` only where there are such inputs."""
        known = {"inputs": list(self.inputs), "outputs": list(self.outputs), "rate": self.rate}
        return known | ({"optional": list(self.optional)} if self.optional else {})

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """The problem of these fields, among which there may be others."""
        names = (tuple(config.get(key, ())) for key in ("inputs", "outputs", "optional"))
        inputs, outputs, optional = names
        return cls(inputs, outputs, float(config["rate"]), optional)

    def measured(self) -> Self:
        """The same without derived inputs, which take a simulation."""
        inputs, optional = (
            tuple(n for n in names if not anatomy.derived(n)) for names in (self.inputs, self.optional)
        )
        return replace(self, inputs=inputs, optional=optional)

    def masked(self) -> Self:
        """The same, any input of the own leg allowed to be missing: what a fitted model may be asked."""
        return replace(self, optional=self.inputs)

    def legs(self, recordings: Iterable[Recording]) -> tuple[Leg, ...]:
        """Every leg of the recordings that has the coordinates, as motion (T, C) and activation (T, M).

        Derived inputs follow from a simulation of each recording, and are NaN where it is refused.

        Raises
        ------
        DataRefused
            When a recording has another rate than the problem.
        """
        return tuple(leg for recording in recordings for leg in self._legs(recording))

    def _legs(self, recording: Recording) -> tuple[Leg, ...]:
        if abs(recording.rate - self.rate) > RATE_TOLERANCE * self.rate:
            raise DataRefused(
                "the recording has another rate than the model",
                where=recording.id,
                why=f"{recording.rate:g} Hz, the model works at {self.rate:g} Hz",
                mend="resample the recording first",
            )
        known = anatomy.legs(self._informed(recording), self.inputs, self.outputs, self.optional)
        return tuple(replace(leg, recording=recording) for leg in known)

    def _informed(self, recording: Recording) -> Recording:
        """With the columns of derived inputs, which take a simulation."""
        if not any(anatomy.derived(name) for name in self.inputs):
            return recording
        from myoshift.simulate.informed import informed

        return informed(recording, self.inputs)

    def alone(self, motion: Array32) -> Recording:
        """The coordinates of one leg, as a right one, of motion (T, C) of a person of whom nothing else is known."""
        measured = [k for k, name in enumerate(self.inputs) if not anatomy.derived(name)]
        return Recording(
            motion=motion[:, measured],
            motion_names=tuple(_right(self.inputs[k]) for k in measured),
            activation=np.empty((len(motion), 0), np.float32),
            activation_names=(),
            rate=self.rate,
            dataset="",
            domain="",
            institution="",
            subject="",
            task="",
            trial="one leg",
        )

    def some_legs(self, recordings: Iterable[Recording], *, part: str) -> tuple[Leg, ...]:
        """Every leg of the recordings; refused (`DataRefused`) when there is none."""
        recordings = tuple(recordings)
        legs = self.legs(recordings)
        if not legs:
            raise DataRefused(
                f"no leg with all the inputs in the {part} recordings",
                why=f"{len(recordings)} recordings, none with {', '.join(self.inputs)}",
                mend="give recordings with these coordinates",
            )
        return legs

    def labelled(self, recordings: Iterable[Recording], *, part: str) -> tuple[Leg, ...]:
        """The legs on which at least one output was measured.

        Raises
        ------
        DataRefused
            When there is none; `part` names the part of the split in the message.
        """
        known = self.some_legs(recordings, part=part)
        legs = tuple(leg for leg in known if np.isfinite(leg.activation).any())
        if not legs:
            raise DataRefused(
                f"no labelled leg in the {part} recordings",
                where=", ".join(dict.fromkeys(leg.recording.id for leg in known[:3])),
                why=f"none of {', '.join(self.outputs)} was measured",
                mend="give recordings with at least one of these outputs",
            )
        return legs


def _right(name: str) -> str:
    """The side of an input when its leg is called the right one."""
    base = name.removeprefix(anatomy.CONTRALATERAL)
    if f"{base}_r" not in anatomy.COORDINATES:
        return base
    return f"{base}_{'r' if base == name else 'l'}"


def measured_outputs(legs: Iterable[Leg], outputs: tuple[str, ...]) -> tuple[str, ...]:
    """The outputs that at least one leg measured."""
    seen = np.any([np.isfinite(leg.activation).any(axis=0) for leg in legs], axis=0)
    return tuple(name for name, here in zip(outputs, seen, strict=True) if here)


def balance(legs: Iterable[Leg], simulated: float | None = None) -> Array:
    """Weight of each leg: institutions share equally, in them the people, of them the legs; the sum is 1.

    Nearly all the recordings may come from one laboratory; without these weights it alone would decide. Where
    measured and simulated legs are together, the simulated ones have the share `simulated` of it all, if it is given.
    """
    known = tuple(legs)
    places = [(leg.recording.institution, leg.recording.person) for leg in known]
    people = Counter(institution for institution, _ in set(places))
    of_person = Counter(places)
    weight = np.array([1 / (len(people) * people[i] * of_person[i, p]) for i, p in places])
    made = np.array([leg.recording.kind == "simulated" for leg in known], np.bool_)
    if simulated is None or made.all() or not made.any():
        return weight
    shared: Array = np.where(
        made, simulated * weight / weight[made].sum(), (1 - simulated) * weight / weight[~made].sum()
    )
    return shared


def missing(leg: Leg, problem: Problem) -> tuple[Flag, ...]:
    """The coordinates of a problem's inputs that a leg lacks, so that it is predicted without them."""
    gone = np.flatnonzero(~np.isfinite(leg.motion).any(axis=0))
    learned = {True: "as the model has learned to", False: "which the model has not learned to"}
    return tuple(
        Flag(
            "missing_coordinate",
            f"{name} is missing; predicted without it, {learned[name in problem.optional]}",
            f"leg {leg.side}",
        )
        for name in (problem.inputs[k] for k in gone)
        if not anatomy.derived(name)
    )


def lacking(split: Split, needs: Iterable[str]) -> str:
    """What a split lacks of what is needed, in words; empty when it has it all.

    Needs are parts of the split (`source`, `unlabelled`, `calibration`), and `domains`: a source of two institutions
    or more.
    """
    for need in sorted(needs):
        if need == "domains":
            places = sorted({recording.institution for recording in split.source})
            if len(places) < 2:
                return f"a source of two institutions or more: there is {', '.join(places) or 'none'}"
        elif not getattr(split, need):
            return f"{need} recordings: the split grants none"
    return ""


def require(split: Split, needs: Iterable[str], *, by: str) -> None:
    """Refuse to fit where the split lacks what the fit uses (see `lacking`).

    Raises
    ------
    AccessError
        Naming what is lacking and what asked for it.
    """
    if lack := lacking(split, needs):
        what, _, why = lack.partition(": ")
        raise AccessError(
            f"{by} needs {what}",
            where=split.name,
            why=why,
            mend=f"use a protocol that grants this, or leave {by} out",
        )


def source_card(legs: tuple[Leg, ...], problem: Problem) -> dict[str, object]:
    """Who a predictor learned from: for the card that travels with it."""
    recordings = [leg.recording for leg in legs]
    return {
        "institutions": sorted({r.institution for r in recordings}),
        "people": len({r.person for r in recordings}),
        "persons": sorted({r.person for r in recordings}),
        "leg_seconds": round(sum(len(leg.motion) for leg in legs) / problem.rate, 2),
        **declared(recordings),
    }


def declared(recordings: Iterable[Recording]) -> dict[str, object]:
    """Every posture and load that recordings declare: what a model that learns from them can know of these."""
    there = tuple(recordings)
    return {
        "segment_orientations": sorted({r.segment_orientation for r in there if r.segment_orientation}),
        "external_loads": sorted({r.external_load for r in there if r.external_load is not None}),
    }


def unfamiliar(recording: Recording, card: Mapping[str, Any]) -> tuple[Flag, ...]:
    """What a recording declares of posture and load that nobody on a predictor's card did: a concept shift.

    The same joint angle under another load belongs to other activations, and no motion tells so: raising the shank
    by bending the standing knee takes the hamstrings, stretching the sitting knee the quadriceps. Of a calibrated
    predictor it is the calibration that counts, where it declared any.
    """
    own = card.get("calibration", {})
    cards = [own] if own.get("segment_orientations") or own.get("external_loads") else card.get("members", [card])
    flags = []
    postures = {each for one in cards for each in one.get("segment_orientations", ())}
    if recording.segment_orientation and postures and recording.segment_orientation not in postures:
        known = ", ".join(sorted(postures))
        flags.append(Flag("unfamiliar_posture", f"{recording.segment_orientation}; learned from: {known}"))
    loads = [each for one in cards for each in one.get("external_loads", ())]
    load = recording.external_load
    if load is not None and loads and not min(loads) <= load <= max(loads):
        flags.append(Flag("unfamiliar_load", f"{load:g} kg; learned from: {min(loads):g} to {max(loads):g} kg"))
    return tuple(flags)
