"""What a data set is: facts, the files behind them, and a generator of trials."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from myoshift import registry, signal
from myoshift.errors import DataRefused
from myoshift.types import Array, Event, Flag, Side, Table, Trial


@dataclass(frozen=True, kw_only=True)
class Archive:
    """One download of a set that is not in the manifest: address, size (0 if unknown) and content hash.

    Where the publisher states no hash, `sha256` is empty, and the archive is left for a person to fetch.
    """

    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a set is published that is too large for the manifest, or asks for consent first.

    Parameters
    ----------
    page : address for people
    terms : what the user must accept, in the publisher's words or in short
    archives : what can be fetched without a registration; empty where a person must fetch it
    """

    page: str
    terms: str
    archives: tuple[Archive, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """Facts about a data set; `myoshift datasets check` holds every one of them against the files.

    Parameters
    ----------
    name : folder below the data root, and entry point in the group `myoshift.datasets`
    institution : who recorded it; the people of one institution share a fold of `leave_one_domain_out`
    people, trials : how many there are
    motion_rates, emg_rates : Hz, every rate that occurs
    tasks : what people did
    licence, citation : as the source states them; reported, not interpreted
    fixture : a sample of a file format, too short to become a recording
    origin : where the set is published when its files are not in the manifest; the counts are then those of the
        whole set, of which a user may have a part
    """

    name: str
    institution: str
    people: int
    trials: int
    motion_rates: tuple[float, ...]
    emg_rates: tuple[float, ...]
    tasks: tuple[str, ...]
    licence: str
    citation: str
    fixture: bool = False
    origin: Origin | None = None

    @property
    def repository(self) -> str:
        """`owner/name` on GitHub, as in the manifest; empty for a data set without files."""
        return "".join({file.upstream_repo for file in files(self.name)})

    @property
    def commit(self) -> str:
        """The upstream commit, as in the manifest; empty for a data set without files."""
        return "".join({file.upstream_commit for file in files(self.name)})

    def trial(self, **fields: Any) -> Trial:
        """A trial of this data set and institution."""
        return Trial(**{"dataset": self.name, "institution": self.institution, **fields})


class Dataset(Protocol):
    """Facts and a generator: all that a data set has to offer."""

    info: ClassVar[DatasetInfo]

    def trials(self, root: Path) -> Iterator[Trial]:
        """Every trial of the set, in a fixed order, from the files below `root / info.name`.

        Raises
        ------
        DataRefused
            When a file is missing or does not hold what it should.
        """
        ...


class PublishedElsewhere(Dataset, Protocol):
    """A data set with an `origin`: the user's own copy, whole or a part of it, lies below `root / info.name`."""

    def paths(self, root: Path) -> Iterator[Path]:
        """Every file that `trials` would read, in a fixed order, found without opening any recording.

        Raises
        ------
        DataRefused
            When the folder is not there, or is not laid out like the set.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class UpstreamFile:
    """One file of a data set: its path in the set, its content hash, and where it comes from."""

    dataset: str
    path: str
    bytes: int
    sha256: str
    upstream_repo: str
    upstream_commit: str
    upstream_path: str
    licence: str


@cache
def manifest() -> tuple[UpstreamFile, ...]:
    """Every file that the built-in data sets read, from `manifest.csv`."""
    text = resources.files("myoshift.datasets").joinpath("manifest.csv").read_text(encoding="utf-8")
    return tuple(_file(row) for row in csv.DictReader(text.splitlines()))


def _file(row: dict[str, Any]) -> UpstreamFile:
    return UpstreamFile(**{**row, "bytes": int(row["bytes"])})


def files(name: str) -> tuple[UpstreamFile, ...]:
    """The files of one data set; empty for a set that is generated."""
    return tuple(file for file in manifest() if file.dataset == name)


def within_reach(name: str, root: Path) -> bool:
    """Whether every file of a set is here or has an address that it can be fetched from.

    Of a set with an `origin` some part must be here.
    """
    if load(name).info.origin is not None:
        return (root / name).is_dir()
    return all(file.upstream_repo or (root / name / file.path).is_file() for file in files(name))


def load(name: str) -> Dataset:
    """The data set of that name; `UnknownNameError` with the nearest names when there is none."""
    dataset: Dataset = registry.load("datasets", name)()
    return dataset


def data_root(option: Path | None = None) -> Path:
    """Folder that holds one folder per data set: `option`, else MYOSHIFT_DATA, else the user cache."""
    named = option or os.environ.get("MYOSHIFT_DATA")
    return Path(named).expanduser() if named else user_cache() / "data"


def user_cache() -> Path:
    """Folder for what can be made again: MYOSHIFT_CACHE, else the cache folder of the operating system."""
    named = os.environ.get("MYOSHIFT_CACHE")
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("myoshift"))


def locate(root: Path, name: str, path: str) -> Path:
    """Path of one file of a data set.

    Raises
    ------
    DataRefused
        When it is not there; the message names the command that fetches it.
    """
    found = root / name / path
    if not found.is_file():
        raise DataRefused(
            f"a file of {name} is missing",
            where=found,
            mend=f"run `myoshift datasets get {name}`, or name a local copy with --data or MYOSHIFT_DATA",
        )
    return found


def table(values: Array, names: Sequence[str], unit: str, rate: float, *, start: float = 0.0) -> Table:
    """Values (T, C) of one unit, sampled at an even rate from `start` on."""
    time = start + np.arange(len(values)) / rate
    return Table(values=values, names=tuple(names), units=(unit,) * len(names), rate=rate, time=time)


def place(trial: Trial) -> str:
    """Where an error about a trial happened: its name, and the files that it was read from."""
    name = f"{trial.dataset}/{trial.subject.id}/{trial.name}"
    return f"{name} ({', '.join(source.path for source in trial.sources)})" if trial.sources else name


def drop(channels: Table, reasons: Mapping[str, str]) -> tuple[Table, tuple[Flag, ...]]:
    """A table without some channels, and a flag with the reason for each of them."""
    kept = tuple(name for name in channels.names if name not in reasons)
    return channels.select(kept), tuple(Flag("dropped", reason, channel) for channel, reason in reasons.items())


def strikes(forces: Table, columns: Mapping[Side, str], *, rise: float, rearm: float) -> tuple[Event, ...]:
    """Foot strikes of each side from its vertical ground reaction force, in order of time."""
    found = [
        Event("foot_strike", float(forces.time[0] + seconds), side)
        for side, column in columns.items()
        for seconds in signal.strikes_from_force(forces.column(column), forces.rate, rise=rise, rearm=rearm)
    ]
    return tuple(sorted(found, key=lambda event: event.time))
