"""Every file of a folder read and judged; what is refused is collected, not raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from myoshift import formats
from myoshift.datasets.inspection import Channel, Inspection, Opinion, inspect
from myoshift.datasets.judgement import Judgement, flagged, refused
from myoshift.errors import DataRefused, MyoshiftError
from myoshift.types import EmgKind

TABLES = (".sto", ".mot", ".trc", ".csv", ".tsv", ".parquet")
BINARY = (
    ".c3d",
    ".mat",
    ".npz",
    ".npy",
    ".hdf5",
    ".h5",
    ".edf",
    ".bdf",
    ".pkl",
    ".pickle",
    ".pt",
    ".zip",
    ".gz",
    ".tar",
)
SHOWN_CHANNELS = 6
SUFFIXES = frozenset((*TABLES, *BINARY))
"""A file called so is meant as data: it is refused when no reader knows it. Any other is read if one does."""


def files(folder: Path) -> Iterator[Path]:
    """The files of a folder and those in it that are meant as data or that a reader knows, in the order of names."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and (path.suffix.lower() in SUFFIXES or _known(path)):
            yield path


def judge_folder(folder: Path, *, emg: EmgKind | None = None, **options: Any) -> Iterator[Judgement]:
    """Judgements on every data file below a folder (see `judge_file`).

    Raises
    ------
    DataRefused
        When there is no data file at all.
    """
    found = tuple(files(folder))
    if not found:
        raise DataRefused(
            "no data file in this folder",
            where=folder,
            why=f"no file of a known format: {', '.join(sorted(set(formats.READERS)))}",
            mend="name a folder of recordings, a DOMAIN, a file or a data set",
        )
    for path in found:
        yield from judge_file(path, name=path.relative_to(folder).as_posix(), emg=emg, **options)


def judge_file(path: Path, *, name: str = "", emg: EmgKind | None = None, **options: Any) -> Iterator[Judgement]:
    """What is refused, every flag and every channel's verdict of a file, or one judgement that all is well.

    Parameters
    ----------
    name : what the file is called in the judgements, its path by default
    emg, options : as in `inspect`; the options are for tables of text alone
    """
    where = name or str(path)
    try:
        text = formats.kind(path) in formats.WORDS
        inspection = inspect(path, emg=emg, **(stated(path, options) if text else {}))
    except MyoshiftError as error:
        yield refused(error, where)
        return
    found = tuple(_doubts(inspection, where))
    length = "no time axis" if inspection.duration is None else f"{inspection.duration:.2f} s"
    why = f"{inspection.format}, {len(inspection.channels)} channels, {length}"
    yield from found or (Judgement(rule="read", where=where, verdict="pass", why=why),)


def stated(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Options for a table of text: those given; without any, the column that is called time, in seconds."""
    if options:
        return options
    first = (
        path.read_bytes()[:4096].splitlines()[0].decode("utf-8-sig", errors="replace") if path.stat().st_size else ""
    )
    labels = [cell.strip().strip('"') for mark in formats.DELIMITERS if mark in first for cell in first.split(mark)]
    return next(({"time": label} for label in labels if label.lower() in ("time", "time (s)", "time_s")), {})


def _known(path: Path) -> bool:
    try:
        kind = formats.kind(path)
    except MyoshiftError:
        return False
    return kind in formats.READERS and kind not in formats.WORDS


def _doubts(inspection: Inspection, where: str) -> Iterator[Judgement]:
    for flag in inspection.flags:
        yield flagged(flag, where)
    for (verdict, reasons), names in _alike(inspection.channels).items():
        more = f" and {len(names) - SHOWN_CHANNELS} more" if len(names) > SHOWN_CHANNELS else ""
        yield Judgement(
            rule=f"channel_{verdict}",
            where=f"{where}, {', '.join(names[:SHOWN_CHANNELS])}{more}",
            verdict="flag",
            why="; ".join(reasons),
            mend="mend the channel, or leave it out" if verdict == "masked" else "look at the channel",
        )


def _alike(channels: Iterable[Channel]) -> dict[Opinion, list[str]]:
    """Names of the channels of which the same is said."""
    found: dict[Opinion, list[str]] = {}
    for channel in channels:
        if channel.verdict in ("flag", "masked"):
            found.setdefault((channel.verdict, channel.reasons), []).append(channel.name)
    return found
