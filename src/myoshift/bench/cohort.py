"""The people of a benchmark, and what each role may know of them: rate, amplitude unit, hygiene, calibration seconds.

The amplitude unit of a channel is the 95th percentile of its envelope over the person's reference tasks. Over whose
seconds it may be taken depends on the role. Source: the person's own recordings. Few-shot: the calibration seconds
alone. Zero-shot answers: the answers themselves, an "oracle" unit that only the scorer sees. Of a source person who
is partly held out (a session, a recording), the granted recordings alone give the unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, signal
from myoshift.bench import kinds, sensing, synthetic, tuning
from myoshift.bench.sensing import Constants, Sensor
from myoshift.bench.sources import at_rate, supply
from myoshift.bench.spec import Benchmark, Synthetic
from myoshift.bench.synthetic import Supply
from myoshift.bench.units import Units, by_person, without_unit
from myoshift.calibration.amplitude import scaled, unit
from myoshift.errors import ConfigError
from myoshift.simulate.randomise import Config
from myoshift.simulate.twins import SUFFIX
from myoshift.types import Flag, Mask, Recording

Where = Callable[[Recording], bool]
MASKED = "masked"
"""Flag of a simulated channel that nobody learns from."""
JOINED = " + "
"""Stands between the names of conditions that a protocol takes together."""
HIP = "hip_flexion"
STRIDE = 1.1  # s
REST = 0.6  # s; of a calibration trial, less than half a stride is not worth a score


@dataclass(frozen=True)
class Masked:
    """A source channel that nobody may learn from, and why."""

    recording: str
    channel: str
    why: str


def gather(spec: Benchmark, data: Path | None) -> Cohort:
    """All recordings of the benchmark's data sets and domains, at the benchmark's rate.

    Raises
    ------
    ConfigError
        When the benchmark names a kind of recording that is in none of them, or an output that none of them measured;
        when two of them hold recordings of one name.
    DataRefused
        When files are missing, torn or cannot be used.
    """
    from myoshift import datasets

    own = (recording for path in spec.domains for recording in datasets.domain(path))
    recordings = (*datasets.recordings(spec.datasets, data, hours=spec.hours), *own)
    _refuse_twice(spec, recordings)
    kinds.refuse_absent(spec.kinds, recordings)
    refuse_unmeasured(spec, recordings)
    measured = (recording for recording in recordings if recording.kind == "emg_envelope")
    return Cohort(tuple(at_rate(recording, spec.rate) for recording in measured), spec, supply(spec, recordings))


def _refuse_twice(spec: Benchmark, recordings: Sequence[Recording]) -> None:
    twice = [name for name, count in Counter(recording.id for recording in recordings).items() if count > 1]
    if twice:
        raise ConfigError(
            "two recordings of the benchmark have the same id",
            where=spec.name,
            why=", ".join(twice[:3]),
            mend="name a lab once under `datasets` or `domains`, or give it another `name` in its lab.yaml",
        )


def refuse_unmeasured(spec: Benchmark, recordings: Iterable[Recording]) -> None:
    """Refuse an output that no recording measured: nothing could be learned or scored of it.

    Virtual laboratories know every muscle of the leg.

    Raises
    ------
    ConfigError
        Naming every such output.
    """
    virtual = spec.synthetic is not None and spec.synthetic.virtual is not None
    missing = set(spec.outputs) - (set(anatomy.IPSILATERAL) if virtual else set())
    for recording in recordings:
        for leg in anatomy.legs(recording, spec.inputs, spec.outputs) if missing else ():
            missing -= {spec.outputs[i] for i in np.flatnonzero(np.isfinite(leg.activation).any(axis=0))}
    if missing:
        raise ConfigError(
            f"nobody measured {', '.join(sorted(missing))}",
            where=spec.name,
            why=f"no recording of {', '.join((*spec.datasets, *spec.domains))} has it on a leg with the inputs",
            mend="take it out of `outputs`, or add a data set that has it",
        )


def labelled(recording: Recording, spec: Benchmark) -> Mask:
    """(T,) where at least one of the benchmark's outputs was measured on one leg."""
    legs = anatomy.legs(recording, spec.inputs, spec.outputs)
    measured = [np.isfinite(leg.activation).any(axis=1) for leg in legs]
    return np.asarray(np.any(measured, axis=0), np.bool_)


def labelled_seconds(recording: Recording, spec: Benchmark) -> float:
    """Seconds with at least one measured output."""
    return float(labelled(recording, spec).sum()) / recording.rate


@dataclass(frozen=True, eq=False)
class Cohort:
    """Recordings at the benchmark's rate, envelopes in native units; protocols draw their folds from it."""

    recordings: tuple[Recording, ...]
    spec: Benchmark
    supply: Supply = field(default_factory=Supply)

    def synthetic(
        self,
        where: Where = lambda _: True,
        condition: str | None = None,
        *,
        sensor: Sensor = "none",
        constants: Constants | None = None,
    ) -> tuple[Recording, ...]:
        """Simulated source recordings: twins and published ones that `where` grants, and the virtual laboratories.

        Parameters
        ----------
        condition : of the benchmark, whose motions alone are wanted; its source tasks when None
        sensor : how activation becomes EMG: as it is, earlier by a fixed delay, or by delays drawn for each person
        constants : of the simulation; those of the benchmark's file when None

        Raises
        ------
        ConfigError
            When the benchmark names no synthetic source.
        """
        told = constants or synthetic.fixed(self._synthetic, sensor)
        of_task = self.of_condition(condition) if condition else self._of_source_task
        label = f"{told}, sensor {sensor}, frozen {synthetic.frozen(self._synthetic)}"
        ready = self._simulated(told, sensor)
        granted = [r for r in ready if of_task(r) and (where(r) or r.dataset == synthetic.VIRTUAL)]
        return tuple(synthetic.handed_out(recording, label) for recording in granted)

    def published(self, where: Where = lambda _: True) -> tuple[Recording, ...]:
        """Recordings of data sets that were simulated, granted by `where`, of the source tasks, as they are.

        To be learned from or tested: nothing of them is a measurement.
        """
        known = {recording.id for recording in self.supply.published}
        return tuple(r for r in self.synthetic(where) if r.id in known)

    def _simulated(self, told: Constants, sensor: Sensor) -> tuple[Recording, ...]:
        """The synthetic source as sites in each person's own unit, under its own institution still."""
        if (told, sensor) not in self._made:
            people = by_person(self._sensed(told, sensor))
            scaled_ = (recording for own in people for recording in self._units.scaled(own, own, "simulated"))
            self._made[told, sensor] = tuple(r for r in scaled_ if np.isfinite(r.activation).any())
        return self._made[told, sensor]

    @cached_property
    def _made(self) -> dict[tuple[Constants, Sensor], tuple[Recording, ...]]:
        """What `_simulated` has made; every fold asks for it again."""
        return {}

    def tuned(self, institutions: Collection[str]) -> Constants:
        """Constants of the simulation that agree best with what these institutions measured in the source tasks.

        Those of the benchmark's file, with its fixed delay, where they measured too little to choose by.
        """
        chosen = tuning.choose(self._agreement, institutions, self.spec.primary)
        return chosen or synthetic.fixed(self._synthetic, "fixed")

    @cached_property
    def _agreement(self) -> dict[tuning.Candidate, tuning.Agreement]:
        """Of every candidate, how well the twins agree with each institution's own EMG."""
        inputs, outputs = self.spec.inputs, self.spec.outputs
        found = {}
        for (exponent, floor), twins in self.supply.twins.items():
            by_id = {twin.id.removesuffix(SUFFIX): twin for twin in twins}
            both = [(recording, by_id[recording.id]) for recording in self.labelled() if recording.id in by_id]
            for share in self._synthetic.co_activations:
                seen = ((r, sensing.sites(sensing.co_activated(twin, share), inputs, outputs)) for r, twin in both)
                found[exponent, floor, share] = tuning.agreement(seen, inputs, outputs)
        return found

    @property
    def _synthetic(self) -> Synthetic:
        if self.spec.synthetic is None:
            raise ConfigError(
                f"{self.spec.name!r} has no synthetic source",
                mend="add `synthetic: {twins: true}` to the benchmark, or leave the protocol out",
            )
        return self.spec.synthetic

    def _sensed(self, told: Constants, sensor: Sensor) -> list[Recording]:
        """Sites of the twins and of the virtual people, as EMG, without channels that hardly ever change."""
        inputs, outputs = self.spec.inputs, self.spec.outputs
        plain = self.supply.twins.get((told.exponent, told.floor), ())
        twins = [sensing.co_activated(twin, told.co_activation) for twin in plain]
        if sensor == "drawn":
            ranges, seed = Config.model_validate(self._virtual_config).sensor, self._synthetic.seed
            plain = (*twins, *self.supply.published)
            seen = [sensing.drawn(recording, inputs, outputs, ranges, seed) for recording in plain]
            seen += [sensing.sites(recording, inputs, outputs) for recording in self.supply.sensed]
        else:
            muscles = (*twins, *self.supply.virtual, *self.supply.published)
            seen = [sensing.early(sensing.sites(recording, inputs, outputs), told) for recording in muscles]
        return [_noted(*self._clean(recording, high=np.inf)) for recording in seen]

    @property
    def _virtual_config(self) -> dict[str, Any]:
        return self._synthetic.virtual.config if self._synthetic.virtual else {}

    def labelled(self, where: Where = lambda _: True, condition: str | None = None) -> tuple[Recording, ...]:
        """Source recordings: masked by the hygiene rule, in units of the person's own recordings.

        They are of the benchmark's source tasks or, when one is named, of a condition. Of a person some of whose
        recordings `where` refuses, only those that are handed out give the unit: the others may be tested.
        """
        of_task = self.of_condition(condition) if condition else self._of_source_task
        granted = by_person(r for r in self.native.values() if of_task(r) and where(r))
        pools = [self._own[own[0].person] for own in granted]
        chosen = [pool if all(map(where, pool)) else own for own, pool in zip(granted, pools, strict=True)]
        found = (self._units.scaled(own, pool, "own") for own, pool in zip(granted, chosen, strict=True))
        return tuple(self._measured(recording for own in found for recording in own))

    def of_condition(self, condition: str) -> Where:
        """Whether a recording is scored under this condition, or one of several (`squat 5 kg + stoop 5 kg`)."""
        return lambda recording: self.spec.condition(recording) in condition.split(JOINED)

    def answers(self, where: Where = lambda _: True) -> tuple[Recording, ...]:
        """Measured test recordings in the oracle unit, unmasked. For the scorer."""
        return tuple(recording for recording in self._answers if where(recording))

    @property
    def institutions(self) -> tuple[str, ...]:
        """Institutions that measured something that can be scored."""
        return tuple(sorted({recording.institution for recording in self._answers}))

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """(institution, person) of everybody with something that can be scored."""
        return tuple(sorted({(recording.institution, recording.person) for recording in self._answers}))

    @property
    def masked(self) -> tuple[Masked, ...]:
        """Every source channel that the hygiene rule, or the lack of an amplitude unit, took out."""
        return self.masked_of(self.labelled())

    def masked_of(self, source: Sequence[Recording]) -> tuple[Masked, ...]:
        """What was taken out of the channels of these source recordings, measured and simulated."""
        learned = {recording.id for recording in source}
        hygiene = (masked for _, masks in self._cleaned for masked in masks if masked.recording in learned)
        why = "no amplitude unit: not measured in the reference task"
        unitless = (Masked(r.id, name, why) for r in source for name in without_unit(r, self.native.get(r.id)))
        simulated = (Masked(r.id, f.where, f.message) for r in source for f in r.flags if f.code == MASKED)
        return (*hygiene, *unitless, *simulated)

    def cut(
        self, person: str, seconds: float, gap: float, where: Where = lambda _: True
    ) -> tuple[tuple[Recording, ...], tuple[Recording, ...]]:
        """The first labelled seconds of a person's reference task, and all that remains of the person to test.

        Of those of the person's recordings alone that `where` grants.

        Whole trials are used up one after the other until the seconds are full; the last one is cut. Of a trial
        that was cut the whole motion may be seen, but what lies less than `gap` seconds behind the cut is not
        tested. Both parts are in the unit of the first. Nothing is given when the person has fewer seconds, or
        nothing remains to test.
        """
        own = sorted(
            self._measured(r for r in self.recordings if r.person == person and where(r)), key=_calibration_order
        )
        wanted, calibration, rest = round(seconds * self.spec.rate), list[Recording](), list[Recording]()
        for recording in own:
            use = wanted if self._of_reference_task(recording) else 0
            taken = np.flatnonzero(labelled(recording, self.spec))[:use]
            wanted -= len(taken)
            if not len(taken):
                rest.append(recording)
                continue
            end = int(taken[-1]) + 1
            calibration.append(recording.window(0, end))
            remainder = _hidden_until(recording, end + round(gap * self.spec.rate))
            if labelled(remainder, self.spec).sum() >= REST * self.spec.rate:
                rest.append(remainder)
        if wanted or not (rest := list(self._scored(rest))):
            return (), ()
        units, label, over = unit(calibration), f"calibration: {seconds:.3g} s", [r.id for r in calibration]
        given, tested = ((scaled(r, units, label, over) for r in part) for part in (calibration, rest))
        return tuple(given), tuple(tested)

    def stride(self, person: str) -> float:
        """Seconds between foot strikes, the median over a person's reference tasks; 1.1 s where none is seen.

        Strikes are those of the hip angle: to ask for so many strides takes no force plate.
        """
        own = [r for r in self.recordings if r.person == person and self._of_reference_task(r)]
        hips = [
            r.motion[:, k] for r in own for k, name in enumerate(r.motion_names) if anatomy.split_side(name)[0] == HIP
        ]
        lasted = [np.diff(signal.strikes_from_hip(hip.astype(np.float64), self.spec.rate)) for hip in hips]
        cycles = np.concatenate([np.empty(0), *lasted])
        return float(np.median(cycles)) if len(cycles) else STRIDE

    @cached_property
    def _answers(self) -> tuple[Recording, ...]:
        people = by_person(self._measured(self.recordings))
        scaled_ = (recording for own in people for recording in self._units.scaled(own, own, "oracle"))
        return tuple(self._scored(self._measured(scaled_)))

    @cached_property
    def _cleaned(self) -> tuple[tuple[Recording, tuple[Masked, ...]], ...]:
        learned = (
            r for r in self.recordings if self._of_source_task(r) or self._of_reference_task(r) or self._scores(r)
        )
        return tuple(self._clean(recording) for recording in self._measured(learned))

    @cached_property
    def native(self) -> dict[str, Recording]:
        """By id, what may give a source or its unit, masked by the hygiene rule, in native units."""
        return {recording.id: recording for recording, _ in self._cleaned}

    @cached_property
    def _own(self) -> dict[str, list[Recording]]:
        return {own[0].person: own for own in by_person(self.native.values())}

    @cached_property
    def _units(self) -> Units:
        return Units(self._of_reference_task)

    def _of_source_task(self, recording: Recording) -> bool:
        return kinds.of_kind(recording, self.spec.source_tasks)

    def _of_reference_task(self, recording: Recording) -> bool:
        return not {recording.task, kinds.ANY}.isdisjoint(self.spec.reference_tasks)

    def _scores(self, recording: Recording) -> bool:
        return self.spec.condition(recording) is not None

    def _clean(self, recording: Recording, high: float | None = None) -> tuple[Recording, tuple[Masked, ...]]:
        """Mask envelopes whose coefficient of variation is that of an artefact or of noise."""
        variation = signal.coefficient_of_variation(recording.activation.astype(np.float64))
        low, high = self.spec.hygiene.low, self.spec.hygiene.high if high is None else high
        bad = (variation < low) | (variation > high)
        masks = tuple(
            Masked(recording.id, name, f"coefficient of variation {value:.2f} outside {low:g} to {high:g}")
            for name, value, masked in zip(recording.activation_names, variation, bad, strict=True)
            if masked
        )
        clean = np.where(bad, np.float32(np.nan), recording.activation)
        return replace(recording, activation=clean), masks

    def _measured(self, recordings: Iterable[Recording]) -> Iterable[Recording]:
        """Those with a leg whose motion the inputs need and whose activation the outputs name, measured by EMG.

        What a simulation computed is no measurement, and never comes into a cohort unasked.
        """
        for recording in recordings:
            if recording.kind != "emg_envelope":
                continue
            legs = anatomy.legs(recording, self.spec.inputs, self.spec.outputs)
            if any(np.isfinite(leg.activation).any() for leg in legs):
                yield recording

    def _scored(self, recordings: Iterable[Recording]) -> Iterable[Recording]:
        return (recording for recording in recordings if self._scores(recording))


def _noted(recording: Recording, masks: tuple[Masked, ...]) -> Recording:
    flags = tuple(Flag(MASKED, masked.why, masked.channel) for masked in masks)
    return replace(recording, flags=(*recording.flags, *flags))


def _hidden_until(recording: Recording, frame: int) -> Recording:
    activation = recording.activation.copy()
    activation[:frame] = np.nan
    return replace(recording, activation=activation)


def _calibration_order(recording: Recording) -> tuple[str, str]:
    return recording.session, recording.id
