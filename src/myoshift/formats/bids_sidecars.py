"""The small files beside a BIDS recording: found by the inheritance principle, read strictly, inside the data set.

Specification: https://bids-specification.readthedocs.io, version 1.11, "Common principles".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from myoshift.errors import DataFormatError
from myoshift.formats.source import content, named
from myoshift.formats.text import clip, is_number, plain, refuse_duplicates
from myoshift.types import Flag

ROOT = "dataset_description.json"
LARGEST = 1 << 24  # bytes of a sidecar
NOTHING = "n/a"
_NAME = re.compile(r"((?:[a-z]+-[A-Za-z0-9+]+_)+)([a-z]+)\.([a-z]+)")
_PLACEHOLDER = re.compile(r"TODO|FIXME|n/a|", re.IGNORECASE)


@dataclass(frozen=True)
class Rows:
    """A table of words: columns in order, and a text for every one of them in every row ("" for n/a)."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def require(self, *columns: str) -> Rows:
        """Refuse a table without these columns."""
        for column in columns:
            if column not in self.columns:
                raise DataFormatError(
                    f"the required column {column!r} is missing",
                    where=self.path,
                    why=f"columns: {', '.join(self.columns)[:200]}",
                    mend="add the column",
                )
        return self


@dataclass(frozen=True)
class Place:
    """Where a recording lies in its data set: the root folder, and the entities (sub, ses, task, run, ...)."""

    path: Path
    root: Path
    entities: dict[str, str]

    def inherited(self, suffix: str) -> dict[str, Any]:
        """The JSON metadata that apply, those that lie nearer over those that lie higher up.

        Raises
        ------
        DataFormatError
            When one is no JSON object, is too large, lies outside, or two of one folder apply.
        """
        merged: dict[str, Any] = {}
        for path in reversed(list(self._applicable(suffix, ".json"))):
            merged |= read_json(path)
        return merged

    def nearest(self, suffix: str) -> Rows | None:
        """The table that lies nearest, None where there is none; raises as `inherited`."""
        found = next(self._applicable(suffix, ".tsv"), None)
        return None if found is None else read_rows(found)

    def acquired(self) -> datetime | None:
        """The time that `scans.tsv` states for this file, None where it states none."""
        for folder in self._folders():
            for path in sorted(folder.glob("sub-*_scans.tsv")):
                for row in read_rows(self._inside(path)).require("filename").rows:
                    if row["filename"] and folder / row["filename"] == self.path:
                        return _moment(row.get("acq_time", ""), path)
        return None

    def _folders(self) -> Iterator[Path]:
        folder = self.path.parent
        while folder != self.root:
            yield folder
            folder = folder.parent
        yield self.root

    def _applicable(self, suffix: str, extension: str) -> Iterator[Path]:
        """Sidecars that apply, nearest first: no entity that the recording has not, or has otherwise."""
        for folder in self._folders():
            fits = [path for path in sorted(folder.glob(f"*{suffix}{extension}")) if self._fits(path, suffix)]
            if len(fits) > 1:
                raise DataFormatError(
                    "two sidecars of one folder apply", where=folder, why=", ".join(path.name for path in fits),
                    mend="keep one of them",
                )  # fmt: skip
            for path in fits:
                yield self._inside(path)

    def _fits(self, path: Path, suffix: str) -> bool:
        words = path.stem.split("_")
        given = dict(word.split("-", 1) for word in words[:-1] if "-" in word)
        return words[-1] == suffix and len(given) == len(words) - 1 and given.items() <= self.entities.items()

    def _inside(self, path: Path) -> Path:
        if not path.resolve().is_relative_to(self.root):
            raise DataFormatError("a sidecar lies outside the data set", where=path, why=f"it is {path.resolve()}")
        return path


def locate(path: str | Path, *suffixes: str) -> Place:
    """The place of a recording whose name ends with one of these suffixes.

    Raises
    ------
    DataFormatError
        When the name is not one of BIDS, or no folder above holds a `dataset_description.json`.
    """
    whole = Path(path).parent.resolve() / Path(path).name
    found = _NAME.fullmatch(whole.name)
    if found is None or f"{found[2]}.{found[3]}" not in suffixes:
        raise DataFormatError(
            "not the name of a BIDS recording",
            where=path,
            why=f"sub-<label>[_ses-<label>]_task-<label>[_run-<index>]_{' or _'.join(suffixes)} expected",
            mend="rename the file, or use the reader of its format",
        )
    entities = dict(word.split("-", 1) for word in found[1].rstrip("_").split("_"))
    for needed in ("sub", "task"):
        if needed not in entities:
            raise DataFormatError(f"the name has no {needed}-<label>", where=path, mend="rename the file")
    for folder in whole.parents:
        if (folder / ROOT).is_file():
            return Place(whole, folder, entities)
    raise DataFormatError(
        f"no folder above holds {ROOT}", where=path, mend="give a file inside a BIDS data set, or add that file"
    )


def read_json(path: Path) -> dict[str, Any]:
    """An object of plain JSON; raises as `Place.inherited`."""
    with named(path):
        text, _ = plain(_bounded(path))
        try:
            found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise DataFormatError("not JSON", why=clip(str(error)), mend="correct the file") from error
        if not isinstance(found, dict):
            raise DataFormatError("not a JSON object", why=type(found).__name__, mend="correct the file")
        return found


def read_rows(path: Path) -> Rows:
    """A table of words between tabs with a row of labels; raises `DataFormatError` at a ragged row."""
    with named(path):
        raw, _ = plain(_bounded(path))
        try:
            lines = raw.decode().replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError as error:
            raise DataFormatError(
                "the text is not UTF-8", where=f"byte {error.start}", mend="save as UTF-8"
            ) from error
        columns = tuple(cell.strip() for cell in lines[0].split("\t"))
        refuse_duplicates(columns, "column labels", "line 1")
        rows = []
        for number, line in enumerate(lines[1:], 2):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) != len(columns):
                raise DataFormatError(
                    "a row is ragged", where=f"line {number}", why=f"{len(cells)} cells under {len(columns)} labels",
                    mend="one tab between two cells, n/a where there is nothing",
                )  # fmt: skip
            rows.append({c: "" if cell == NOTHING else cell for c, cell in zip(columns, cells, strict=True)})
        return Rows(path, columns, tuple(rows))


def require(sidecar: dict[str, Any], fields: tuple[str, ...], name: str) -> tuple[Flag, ...]:
    """Refuse metadata without these fields; a flag for each that holds a placeholder."""
    for field in fields:
        if field not in sidecar:
            raise DataFormatError(
                f"the required field {field} is missing", where=name, mend=f"state {field} in the JSON sidecar"
            )
    empty = [field for field in fields if _is_placeholder(sidecar[field])]
    return tuple(Flag("placeholder", f"{field} is {clip(str(sidecar[field]))}", name) for field in empty)


def frequency(sidecar: dict[str, Any], name: str) -> float:
    """SamplingFrequency in Hz."""
    rate = sidecar["SamplingFrequency"]
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < 1e8:
        raise DataFormatError(
            "the declared sampling rate is impossible", where=f"{name}, SamplingFrequency", why=clip(repr(rate)),
            mend="state it in Hz",
        )  # fmt: skip
    return float(rate)


def cell_number(text: str, where: str) -> float | None:
    """A cell as a number, None where it is n/a."""
    if not text:
        return None
    if not is_number(text.encode()):
        raise DataFormatError("a cell is not a number", where=where, why=clip(text), mend="write a number, or n/a")
    return float(text)


def _is_placeholder(value: Any) -> bool:
    return isinstance(value, str) and (
        bool(_PLACEHOLDER.fullmatch(value.strip())) or "TODO" in value or "FIXME" in value
    )


def _bounded(path: Path) -> bytes:
    if path.is_file() and path.stat().st_size > LARGEST:
        raise DataFormatError("a sidecar is too large", why=f"{path.stat().st_size} bytes, limit {LARGEST}")
    return content(path)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    refuse_duplicates([key for key, _ in pairs], "keys", "JSON")
    return dict(pairs)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _moment(text: str, path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        why = f"{clip(text)}, as in 2024-05-06T07:08:09 expected"
        raise DataFormatError("acq_time is no date and time", where=path, why=why) from error
