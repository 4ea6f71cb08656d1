"""The code that decides what something stored looks like, as a hash: what is stale is made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from myoshift import __version__


@cache
def code(*rooms: str) -> str:
    """Hash of the version, and of every source file and table in rooms of the package, in any depth."""
    total = hashlib.sha256(__version__.encode())
    for room in rooms:
        for name, content in _files(resources.files("myoshift").joinpath(room), room):
            total.update(name.encode() + content)
    return total.hexdigest()


def _files(place: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    if place.is_file():
        yield name, place.read_bytes()
        return
    for each in sorted(place.iterdir(), key=lambda item: item.name):
        if each.name != "__pycache__":
            yield from _files(each, f"{name}/{each.name}")
