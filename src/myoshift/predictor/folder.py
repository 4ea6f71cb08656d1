"""A predictor on disk, never code.

`model.json` names, config, card, and the hash of every other file but the last: `model.safetensors` (arrays),
`familiarity.safetensors` (what the source looked like, if it is known), `scores.json` (if somebody measured them);
`README.md` says it all for people.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from myoshift.errors import ConfigError, IntegrityError

VERSION = 1
DESCRIPTION = "model.json"
ARRAYS = "model.safetensors"
FAMILIARITY = "familiarity.safetensors"
SCORES = "scores.json"
README = "README.md"
FILES = frozenset({DESCRIPTION, ARRAYS, FAMILIARITY, SCORES, README})
AGAIN = "copy the folder again from where it was made, or train the model again"


@dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """All that a model folder holds.

    `familiarity` is the config of what the source looked like, `reference` its arrays.
    """

    kind: str
    config: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rate: float
    trained: tuple[str, ...] | None
    card: dict[str, Any]
    optional: tuple[str, ...] = ()
    familiarity: dict[str, Any] | None = None
    reference: dict[str, NDArray[Any]] = field(default_factory=dict)
    scores: dict[str, Any] | None = None


SINCE = ("optional", "familiarity")
"""What folders that were written before it was there do not have."""
KEYS = tuple(sorted(set(Contents.__dataclass_fields__) - {"arrays", "reference", "scores", *SINCE}))
"""What every description says of the contents."""


def write_folder(folder: Path, contents: Contents, readme: str = "") -> None:
    """Write a model folder in one step: a sibling is filled, then renamed into place. No README when it is empty.

    Raises
    ------
    ConfigError
        When something stands there that is not a model folder.
    """
    refuse_foreign(folder)
    files = {ARRAYS: _packed(contents.arrays)}
    if contents.familiarity is not None:
        files[FAMILIARITY] = _packed(contents.reference)
    if contents.scores is not None:
        files[SCORES] = json.dumps(contents.scores, indent=1, allow_nan=False).encode()
    description = {key: getattr(contents, key) for key in (*KEYS, *SINCE)}
    description |= {"version": VERSION, "sha256": _hash(files[ARRAYS])}
    description["files"] = {name: _hash(content) for name, content in files.items() if name != ARRAYS}
    description["seal"] = _seal(description)
    files[DESCRIPTION] = json.dumps(description, indent=1, sort_keys=True, allow_nan=False).encode()
    if readme:
        files[README] = readme.encode()

    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{uuid4().hex}")
    fresh.mkdir()
    try:
        for name, content in files.items():
            _write(fresh / name, content)
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_folder(folder: Path) -> Contents:
    """Read a model folder and check its version and its hash before anything else.

    Raises
    ------
    IntegrityError
        When a file is missing or altered, or the format version is another; nothing has been built then.
    """
    description = _description(folder)
    arrays = _arrays(folder / ARRAYS, description["sha256"])
    hashes = description.get("files", {})
    reference = _arrays(folder / FAMILIARITY, hashes[FAMILIARITY]) if FAMILIARITY in hashes else {}
    scores = json.loads(_sealed(folder / SCORES, hashes[SCORES])) if SCORES in hashes else None
    return _contents(folder, description, arrays, reference, scores)


def _arrays(file: Path, expected: str) -> dict[str, NDArray[Any]]:
    try:
        return load_arrays(_sealed(file, expected))
    except SafetensorError as error:
        raise IntegrityError("not a safetensors file", where=file, why=str(error), mend=AGAIN) from error


def _sealed(file: Path, expected: str) -> bytes:
    """What a file holds, if it is what was written."""
    content = _bytes(file)
    if (found := _hash(content)) != expected:
        raise IntegrityError(
            "the file is not the one that model.json names",
            where=file,
            why=f"sha256 expected {expected}, found {found}",
            mend=AGAIN,
        )
    return content


def _contents(
    folder: Path,
    description: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    reference: dict[str, NDArray[Any]],
    scores: dict[str, Any] | None,
) -> Contents:
    trained = description["trained"]
    try:
        return Contents(
            kind=str(description["kind"]),
            config=dict(description["config"]),
            arrays=arrays,
            inputs=tuple(description["inputs"]),
            outputs=tuple(description["outputs"]),
            rate=float(description["rate"]),
            trained=None if trained is None else tuple(trained),
            card=dict(description["card"]),
            optional=tuple(description.get("optional", ())),
            familiarity=description.get("familiarity"),
            reference=reference,
            scores=scores,
        )
    except (TypeError, ValueError) as error:
        raise IntegrityError(
            "the model's description is altered", where=folder / DESCRIPTION, why=str(error), mend=AGAIN
        ) from error


def _description(folder: Path) -> dict[str, Any]:
    """The parsed `model.json`, of this version and with every key."""
    file = folder / DESCRIPTION
    try:
        description = json.loads(_bytes(file))
    except (ValueError, RecursionError) as error:
        raise IntegrityError("not a JSON file", where=file, why=str(error), mend=AGAIN) from error
    version = description.get("version") if isinstance(description, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise IntegrityError(
            "the model was written by a newer myoshift",
            where=file,
            why=f"format version {version}, this myoshift reads {VERSION}",
            mend="upgrade: pip install --upgrade myoshift",
        )
    if version != VERSION:
        raise IntegrityError(
            "the model has another format version",
            where=file,
            why=f"expected {VERSION}, found {version}",
            mend="load it with the myoshift that wrote it, or train the model again",
        )
    needed = (*KEYS, "sha256", "seal")
    if missing := [key for key in needed if key not in description]:
        raise IntegrityError(
            "the model's description is incomplete",
            where=file,
            why=f"expected the keys {', '.join(needed)}, found none called {', '.join(missing)}",
            mend=AGAIN,
        )
    stated = description.pop("seal")
    if stated != (found := _seal(description)):
        raise IntegrityError(
            "the model's description is altered",
            where=file,
            why=f"seal expected {stated}, found {found}",
            mend=AGAIN,
        )
    return dict(description)


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    return save_arrays({name: np.ascontiguousarray(a) for name, a in arrays.items()})


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _seal(description: dict[str, Any]) -> str:
    """SHA-256 of a description without its seal: names in another order would be other muscles."""
    return _hash(json.dumps(description, sort_keys=True).encode())


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise IntegrityError(
            "a file of the model is missing",
            where=file,
            why=f"expected a model folder with {DESCRIPTION} and {ARRAYS}, found: {error.strerror}",
            mend="name a folder that `myoshift train` wrote; " + AGAIN,
        ) from error


def refuse_foreign(folder: Path) -> None:
    """Only nothing, an empty folder or an older model may be replaced."""
    if not folder.exists():
        return
    there = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else [folder.name]
    if stray := [name for name in there if name not in FILES]:
        raise ConfigError(
            "a model cannot be written here, something else is in the way",
            where=folder,
            why=f"found {', '.join(stray[:5])}",
            mend="name a new folder",
        )


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _swap(fresh: Path, folder: Path) -> None:
    """Rename into place; what stood there before is moved aside first and then deleted."""
    if not folder.exists():
        fresh.rename(folder)
        return
    aside = folder.with_name(f".{folder.name}.{uuid4().hex}")
    folder.rename(aside)
    fresh.rename(folder)
    shutil.rmtree(aside)
