"""A DOMAIN: recordings of a laboratory in a folder of their own, with the file that says how they were read.

It holds a store (see `store`), `lab.yaml` (the spec it was imported by) and `sources.json` (the files behind it), all
three bound together by the key of the store. What `myoshift virtual-lab` writes, one store per laboratory, is
a DOMAIN too: those recordings have no files behind them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myoshift import store
from myoshift.datasets.base import DatasetInfo
from myoshift.errors import DataRefused, IntegrityError
from myoshift.types import Recording

SPEC = "lab.yaml"
SOURCES = "sources.json"
IMPORTED = "lab:"
"""What the key of a store begins with that was imported by a spec."""
_MEND = "import it again with `myoshift import`, or copy the whole folder again"


def domain(path: str | Path) -> tuple[Recording, ...]:
    """The recordings of a DOMAIN folder, their arrays memory-mapped and read-only.

    Raises
    ------
    DataRefused
        When the folder is not there, or holds no recordings.
    IntegrityError
        When it is torn or altered: an array, the index, the spec or the list of sources is missing or not the one
        that was stored; or when another version of the layout wrote it.
    """
    folder = Path(path)
    found = tuple(recording for each in _stores(folder) for recording in _read(each))
    twice = sorted(name for name, count in Counter(each.id for each in found).items() if count > 1)
    if twice:
        raise DataRefused("two recordings have the same id", where=folder, why=", ".join(twice[:3]), mend=_MEND)
    return found


def about(path: str | Path) -> DatasetInfo:
    """Facts about a DOMAIN, counted when it was imported; of simulated people what the recordings say.

    Raises
    ------
    DataRefused
        As `domain`.
    """
    folder, recordings = Path(path), domain(path)
    facts = _sources(folder)["about"] if (folder / SOURCES).is_file() else {}
    return DatasetInfo(
        name=recordings[0].dataset,
        institution=", ".join(dict.fromkeys(each.institution for each in recordings)),
        people=len({each.person for each in recordings}),
        trials=len(recordings),
        motion_rates=tuple(facts.get("motion_rates", ())),
        emg_rates=tuple(facts.get("emg_rates", ())),
        tasks=tuple(sorted({each.task for each in recordings})),
        licence=facts.get("licence", ""),
        citation=facts.get("citation", ""),
    )


def key(spec: str, facts: Mapping[str, Any]) -> str:
    """Key of an imported store: the text of its spec, and everything that `sources.json` says."""
    text = json.dumps([hashlib.sha256(spec.encode()).hexdigest(), facts], sort_keys=True)
    return IMPORTED + hashlib.sha256(text.encode()).hexdigest()


def _stores(folder: Path) -> list[Path]:
    """The folder itself, or those in it, that hold a store."""
    if (folder / store.INDEX).is_file():
        return [folder]
    inner = sorted(index.parent for index in folder.glob(f"*/{store.INDEX}"))
    if not inner:
        torn = [name for name in (SPEC, SOURCES) if (folder / name).is_file()]
        raise (IntegrityError if torn else DataRefused)(
            "no recordings are stored here",
            where=folder,
            why=f"no {store.INDEX}" if folder.is_dir() else "there is no such folder",
            mend=_MEND if torn else "name a folder that `myoshift import` or `myoshift virtual-lab` wrote",
        )
    return inner


def _read(folder: Path) -> tuple[Recording, ...]:
    try:
        stated = json.loads((folder / store.INDEX).read_bytes()).get("key")
        expected = key(_text(folder / SPEC), _sources(folder)) if _imported(folder, stated) else None
        return store.read(folder, expected)
    except IntegrityError as error:
        raise IntegrityError(error.what, where=error.where, why=error.why, mend=_MEND) from error
    except (ValueError, AttributeError) as error:
        raise IntegrityError(
            "no readable index of recordings", where=folder / store.INDEX, why=repr(error), mend=_MEND
        ) from error


def _imported(folder: Path, stated: object) -> bool:
    return str(stated).startswith(IMPORTED) or (folder / SPEC).exists() or (folder / SOURCES).exists()


def _sources(folder: Path) -> dict[str, Any]:
    """What `sources.json` says."""
    try:
        found = json.loads(_text(folder / SOURCES))
        return {**found, "about": dict(found["about"])}
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError("no readable list of sources", where=folder / SOURCES, why=repr(error)) from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityError("a file of the domain is missing", where=path, why=str(error)) from error
