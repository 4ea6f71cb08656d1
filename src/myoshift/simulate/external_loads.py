"""OpenSim's ExternalLoads: an XML file that says which columns act on which body."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats.xml import read_xml
from myoshift.simulate.plates import Columns, Source
from myoshift.types import Flag, Side

FEET = ("calcn", "toes", "talus", "foot")
KIND = "an OpenSim ExternalLoads file"


def read_loads(path: Path, names: Sequence[str], datafile: str) -> tuple[tuple[Source, ...], tuple[Flag, ...]]:
    """The plates of an ExternalLoads file, looked up among the labels `names` of a table.

    Parameters
    ----------
    datafile : name of the table; a flag says when the loads were written for another one

    Raises
    ------
    DataRefused
        When the file is no ExternalLoads, a force does not act on a foot, is not given in the ground frame, or names
        columns that are not there.
    """
    root = read_xml(path, KIND)
    forces = [force for force in root.iter("ExternalForce") if _applied(force)]
    if not forces:
        raise DataFormatError("no force is applied", where=path, why="no ExternalForce in it", mend=f"give {KIND}")
    found = tuple(_source(force, names, path) for force in forces)
    meant = Path((root.findtext(".//datafile") or "").strip()).name
    if meant and meant != Path(datafile).name:
        return found, (Flag("loads", f"written for {meant}, used with {Path(datafile).name}", str(path)),)
    return found, ()


def _applied(force: ElementTree.Element) -> bool:
    return _text(force, "isDisabled").lower() != "true" and _text(force, "appliesForce").lower() != "false"


def _source(force: ElementTree.Element, names: Sequence[str], path: Path) -> Source:
    name = force.get("name") or "ExternalForce"
    where = f"{path}, {name}"
    for tag in ("force_expressed_in_body", "point_expressed_in_body"):
        if (frame := _text(force, tag)) not in ("", "ground"):
            raise DataRefused(
                f"{tag} is {frame!r}",
                where=where,
                why="only the ground frame is known",
                mend="export the forces in the ground frame",
            )
    return Source(
        name=_text(force, "force_identifier"),
        force=_columns(force, "force_identifier", names, where),
        point=_columns(force, "point_identifier", names, where),
        torque=_columns(force, "torque_identifier", names, where) if _text(force, "torque_identifier") else None,
        side=_side(_text(force, "applied_to_body"), where),
    )


def _side(body: str, where: str) -> Side:
    part, _, side = body.rpartition("_")
    if part.lower() not in FEET or side not in ("r", "l"):
        raise DataRefused(
            f"a force on {body!r}",
            where=where,
            why=f"ground reactions act on a foot ({', '.join(FEET)} with _r or _l)",
            mend="leave the force out, or name the foot",
        )
    return "r" if side == "r" else "l"


def _columns(force: ElementTree.Element, tag: str, names: Sequence[str], where: str) -> Columns:
    identifier = _text(force, tag)
    x, y, z = (f"{identifier}{axis}" for axis in "xyz")
    missing = [name for name in (x, y, z) if name not in names]
    if not identifier or missing:
        raise DataRefused(
            f"{tag} names columns that are not there" if identifier else f"{tag} is empty",
            where=where,
            why=f"missing {', '.join(missing)}; columns: {', '.join(names)[:200]}" if identifier else "",
            mend="give the loads and the forces of the same trial",
        )
    return x, y, z


def _text(force: ElementTree.Element, tag: str) -> str:
    return (force.findtext(tag) or "").strip()
