"""What `predict` and `simulate` share: how angles are named, and where the results of one or several files go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from myoshift.errors import ConfigError

Convention = Annotated[str, typer.Option(help="Whose names and signs the angles follow: rajagopal, gait2392, ...")]
AngleUnit = Annotated[Literal["deg", "rad"] | None, typer.Option(help="For files whose header does not say.")]


def targets(files: Sequence[Path], out: Path, what: str) -> list[Path]:
    """One output path per file: `out` itself for one file, `<file>_<what>.sto` in the folder `out` for several.

    Raises
    ------
    ConfigError
        When `out` is neither a `.sto` for one file nor a folder, or two files would be written to one path.
    """
    if len(files) == 1 and out.suffix == ".sto":
        return [out]
    if out.suffix:
        raise ConfigError(
            f"cannot write {len(files)} files as {out.name!r}" if len(files) > 1 else f"cannot write {out.suffix!r}",
            mend="give an output name ending in .sto for one file, a folder for several",
        )
    names = [f"{file.stem}_{what}.sto" for file in files]
    if len(set(names)) != len(names):
        raise ConfigError("two files have the same name", why=", ".join(names), mend="give them one at a time")
    return [out / name for name in names]
