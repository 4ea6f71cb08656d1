"""Recordings of data sets by name: from the store when it is fresh, else prepared anew and stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import cast

from filelock import FileLock

from myoshift import formats, store
from myoshift.datasets.base import PublishedElsewhere, data_root, files, load, locate, user_cache
from myoshift.datasets.prepare import Preparation, prepare
from myoshift.datasets.subset import Indexed, part, spread, within
from myoshift.errors import DataRefused, IntegrityError
from myoshift.types import Recording, Trial

ROOMS = ("anatomy", "datasets", "formats", "signal", "store")
"""The packages whose code decides what a prepared recording looks like."""


def recordings(
    names: Sequence[str],
    data: Path | None = None,
    preparation: Preparation | None = None,
    *,
    hours: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Recording, ...]:
    """Every recording of the named data sets, in the vocabulary of `anatomy`, at one rate.

    What comes from files is stored in the user cache and read from there while files, preparation and code are the
    same: files of the manifest by their content, those of a set with an `origin` by name, size and time of change.
    Other sets (`toy`) are made anew each time.

    Parameters
    ----------
    names : names of data sets
    data : folder with one folder per data set; MYOSHIFT_DATA or the user cache when None
    preparation : how to prepare; the default is the one that DESIGN binds (100 Hz)
    hours : no more than about so many of each data set, spread over its people, sessions and tasks (see `subset`);
        of a set that knows its recordings before it opens them, the others are not read
    progress : told the id of each recording that is prepared, and of nothing when the store is fresh

    Raises
    ------
    DataRefused
        When a file is missing, not the one that the data set's rules were written for, or cannot be used.
    """
    chosen = preparation or Preparation()
    return tuple(each for name in names for each in _part(name, data_root(data), chosen, hours, progress))


def _part(
    name: str, root: Path, preparation: Preparation, hours: float | None, progress: Callable[[str], None]
) -> tuple[Recording, ...]:
    """A data set, or so many hours of it: read alone where the set allows it, else chosen from all of it."""
    if hours is None or isinstance(load(name), Indexed):
        return _of(name, root, preparation, hours, progress)
    return part(_of(name, root, preparation, None, progress), hours)


def _of(
    name: str, root: Path, preparation: Preparation, hours: float | None, progress: Callable[[str], None]
) -> tuple[Recording, ...]:
    if not files(name) and load(name).info.origin is None:
        return tuple(_prepared(name, root, preparation, None, progress))
    key = _key(name, preparation, hours, _hashes(root, name) if files(name) else _listing(root, name))
    share = "" if hours is None else f"-{hours:g}h"
    folder = user_cache() / "store" / f"{name}-{preparation.rate:g}Hz{share}"
    with _locked(folder):
        try:
            return store.read(folder, key)
        except IntegrityError:
            store.write(folder, _prepared(name, root, preparation, hours, progress), key)
            return store.read(folder, key)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time builds; the others wait and find it built."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.parent / f"{folder.name}.lock")
        lock.acquire()
    except OSError as error:
        raise DataRefused(
            "the cache folder cannot be written",
            where=folder.parent,
            why=str(error),
            mend="name another one with MYOSHIFT_CACHE",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _prepared(
    name: str, root: Path, preparation: Preparation, hours: float | None, progress: Callable[[str], None]
) -> Iterator[Recording]:
    """One recording after the other; none is kept here."""
    dataset = load(name)
    if hours is None or not isinstance(dataset, Indexed):
        yield from _each(dataset.trials(root), preparation, progress)
    else:
        chosen = spread(dataset.index(root), hours, lambda entry: entry)
        yield from within(_each(dataset.read(root, chosen), preparation, progress), hours)


def _each(trials: Iterable[Trial], preparation: Preparation, progress: Callable[[str], None]) -> Iterator[Recording]:
    for trial in trials:
        recording = prepare(trial, preparation)
        progress(recording.id)
        yield recording


def _hashes(root: Path, name: str) -> dict[str, str]:
    """Content hashes of the files of a set; every one must be the one in the manifest."""
    found = {file.path: formats.hash_file(locate(root, name, file.path)) for file in files(name)}
    for file in files(name):
        if found[file.path] != file.sha256:
            raise IntegrityError(
                f"this is not the file that the rules of {name} were written for",
                where=root / name / file.path,
                why=f"sha256 {found[file.path][:16]}..., expected {file.sha256[:16]}...",
                mend=f"move it away and run `myoshift datasets get {name}`",
            )
    return found


def _listing(root: Path, name: str) -> dict[str, str]:
    """Name, size and time of change of the files of a set that may be too large to be hashed each time."""
    dataset = cast("PublishedElsewhere", load(name))
    stats = {path.relative_to(root).as_posix(): path.stat() for path in dataset.paths(root)}
    return {path: f"{stat.st_size} {stat.st_mtime_ns}" for path, stat in stats.items()}


def _key(name: str, preparation: Preparation, hours: float | None, hashes: dict[str, str]) -> str:
    """Hash of all that decides what the recordings are: preparation, source files, code with its version."""
    facts = {
        "name": name,
        "preparation": asdict(preparation),
        "files": hashes,
        "code": store.code(*ROOMS),
        **({} if hours is None else {"hours": hours}),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
