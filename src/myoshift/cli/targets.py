"""What `predict` and `simulate` share: how angles are named, and where the results of one or several files go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from myoshift.errors import ConfigError

Convention = Annotated[str, typer.Option(help="Whose names and signs the angles follow: rajagopal, gait2392, ...")]
AngleUnit = Annotated[Literal["deg", "rad"] | None, typer.Option(help="For files whose header does not say.")]


def targets(files: Sequence[Path], out: Path, what: str, suffix: str = ".sto") -> list[Path]:
    """One output path per file: `out` itself for one file, `<file>_<what><suffix>` in the folder `out` for several.

    Raises
    ------
    ConfigError
        When `out` has neither that suffix for one file nor none, or two files would be written to one path.
    """
    if len(files) == 1 and out.suffix == suffix:
        return [out]
    if out.suffix:
        raise ConfigError(
            f"cannot write {len(files)} files as {out.name!r}" if len(files) > 1 else f"cannot write {out.suffix!r}",
            mend=f"give an output name ending in {suffix} for one file, a folder for several",
        )
    return apart(files, [out / f"{file.stem}_{what}{suffix}" for file in files])


def apart(files: Sequence[Path], paths: Sequence[Path]) -> list[Path]:
    """The paths, none of which two files would be written to."""
    twice = [path for path, count in Counter(paths).items() if count > 1]
    if twice:
        both = [str(file) for file, path in zip(files, paths, strict=True) if path == twice[0]]
        raise ConfigError(
            "two files have the same name",
            why=f"{', '.join(both)} would both become {twice[0].name}",
            mend="give them one at a time, or rename one",
        )
    return list(paths)


@contextmanager
def progress(verb: str, total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on stderr that each finished file moves on."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet or total < 2, transient=True) as bar:
        task = bar.add_task(verb, total=total)
        yield lambda: bar.advance(task)
