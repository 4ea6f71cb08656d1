"""A folder of files and a spec become a DOMAIN: recordings, the spec, the list of sources, all of it or nothing."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from myoshift import store
from myoshift.datasets import domains
from myoshift.datasets.build import ROOMS
from myoshift.datasets.lab import channels
from myoshift.datasets.lab.find import Entry, entries
from myoshift.datasets.lab.spec import LabSpec, read
from myoshift.datasets.lab.trial import sources, trials
from myoshift.datasets.prepare import Preparation, prepare
from myoshift.errors import DataRefused
from myoshift.formats import write_atomic
from myoshift.types import Recording, SourceFile


@dataclass(frozen=True)
class Imported:
    """What was imported: the recordings, and the rates and kinds of the trials that they come from."""

    recordings: tuple[Recording, ...]
    motion_rates: tuple[float, ...]
    emg_rates: tuple[float, ...]
    fresh: bool = True


def recordings(
    spec: LabSpec, folder: Path, *, progress: Callable[[str, int], None] = lambda _id, _of: None
) -> Imported:
    """Every trial of a folder as a recording, as the spec says.

    Parameters
    ----------
    progress : told the id of each recording that is prepared, and how many entries there are

    Raises
    ------
    DataRefused
        When files are missing or cannot be used as the spec says, or two recordings have the same id.
    ConfigError
        When the spec makes no sense for a trial.
    """
    found = entries(spec, folder)
    return _imported(spec, [(entry, sources(entry, folder, spec.name)) for entry in found], progress)


def write(
    folder: Path,
    spec_path: Path,
    out: Path,
    *,
    replace: bool = False,
    progress: Callable[[str, int], None] = lambda _id, _of: None,
) -> Imported:
    """Import a folder by the spec in a file, and write the DOMAIN `out`; one that is the same already is kept.

    Parameters
    ----------
    replace : whether a DOMAIN of the same lab may be put in place of another that is there

    Raises
    ------
    DataRefused
        As `recordings`; also when `out` holds something else.
    ConfigError
        When the spec makes no sense.
    """
    spec, text = read(spec_path)
    found = [(entry, sources(entry, folder, spec.name)) for entry in entries(spec, folder)]
    facts = {"version": 1, "folder": folder.resolve().name, **_facts(spec, found)}
    kept = _same(out, text, facts)
    if kept is not None:
        return kept
    _refuse_other(out, spec, replace=replace)
    made = _imported(spec, found, progress)
    rates = {"motion_rates": made.motion_rates, "emg_rates": made.emg_rates}
    about = {"licence": spec.licence, "citation": spec.citation, **rates}
    whole = json.loads(json.dumps({**facts, "about": about}))
    with _in_place_of(out) as draft:
        store.write(draft, made.recordings, domains.key(text, whole))
        write_atomic(draft / domains.SPEC, text.encode())
        write_atomic(draft / domains.SOURCES, json.dumps(whole, indent=1).encode())
    return made


def _imported(
    spec: LabSpec,
    found: list[tuple[Entry, tuple[SourceFile, ...]]],
    progress: Callable[[str, int], None],
) -> Imported:
    preparation, made = _preparation(spec), list[Recording]()
    motion, emg = set[float](), set[float]()
    for entry, files in found:
        for told, trial in trials(spec, entry, files):
            recording = channels.masked(prepare(trial, preparation), told.emg, trial.sites)
            made.append(channels.normalised(recording, told.emg))
            motion |= {round(trial.motion.rate, 6)} if trial.motion else set()
            emg |= {round(trial.emg.rate, 6)} if trial.emg else set()
        progress(made[-1].id if made else "", len(found))
    _refuse_twice(made)
    return Imported(tuple(made), tuple(sorted(motion)), tuple(sorted(emg)))


def _preparation(spec: LabSpec) -> Preparation:
    said = {key: value for key, value in dict(spec.preparation).items() if value is not None}
    return Preparation(**said)


def _facts(spec: LabSpec, found: list[tuple[Entry, tuple[SourceFile, ...]]]) -> dict[str, Any]:
    files = sorted({source.path: source.sha256 for _, each in found for source in each}.items())
    listed = [{"path": path.removeprefix(f"{spec.name}/"), "sha256": sha256} for path, sha256 in files]
    facts = {"files": listed, "preparation": asdict(_preparation(spec)), "code": store.code(*ROOMS)}
    return dict(json.loads(json.dumps(facts)))


def _same(out: Path, text: str, facts: dict[str, Any]) -> Imported | None:
    """What is there, if it was made by the same spec from the same files by the same code."""
    with suppress(DataRefused, OSError, ValueError, KeyError):
        whole = json.loads((out / domains.SOURCES).read_bytes())
        if (out / domains.SPEC).read_text(encoding="utf-8") == text and {**whole, **facts} == whole:
            about = whole["about"]
            rates = (tuple(about["motion_rates"]), tuple(about["emg_rates"]))
            return Imported(domains.domain(out), *rates, fresh=False)
    return None


def _refuse_other(out: Path, spec: LabSpec, *, replace: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    with suppress(DataRefused):
        if replace and out.is_dir() and (out / domains.SPEC).is_file() and domains.about(out).name == spec.name:
            return
    raise DataRefused(
        "the output is there already, and is something else",
        where=out,
        why="not made by this spec from these files",
        mend="name another folder, delete it, or say --replace where it is an older import of this lab",
    )


def _refuse_twice(made: list[Recording]) -> None:
    seen: dict[str, Recording] = {}
    for recording in made:
        if recording.id in seen:
            files = sorted({s.path for r in (seen[recording.id], recording) for s in r.provenance})
            raise DataRefused(
                "two trials have the same subject, session and name",
                where=recording.id,
                why=", ".join(files),
                mend="make `trial`, `session` or `subject` tell them apart",
            )
        seen[recording.id] = recording


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """A draft folder that is put in place of `out` when all of it was written, and is gone when not."""
    mark = secrets.token_hex(4)
    draft, old = (out.with_name(f".{out.name}.{mark}.{what}") for what in ("part", "old"))
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        if out.exists():
            out.rename(old)
        draft.rename(out)
    finally:
        for left in (draft, old):
            shutil.rmtree(left, ignore_errors=True)
