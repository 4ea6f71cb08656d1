"""XML from strangers. A document type, the door to entities and to other files, is refused before it is parsed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from myoshift.errors import DataFormatError
from myoshift.formats.source import content


def read_xml(path: Path, kind: str, largest: int = 1 << 20) -> ElementTree.Element:
    """The root of an XML file.

    Parameters
    ----------
    kind : what the file should be, as an error says it ("an OpenSim ExternalLoads file")
    largest : bytes; a larger file is not parsed

    Raises
    ------
    DataFormatError
        When the file is too large, declares a document type, or is no XML.
    DataRefused
        When it cannot be read.
    """
    raw = content(path)
    if len(raw) > largest:
        raise DataFormatError(f"too large for {kind}", where=path, why=f"{len(raw)} bytes", mend=f"give {kind}")
    try:
        return ElementTree.fromstring(raw, ElementTree.XMLParser(target=_Plain()))
    except _DocumentType as error:
        raise DataFormatError(
            "the XML declares a document type",
            where=path,
            why="entities can read other files or fill the memory; OpenSim writes none",
            mend="delete the line with DOCTYPE",
        ) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DataFormatError("no XML", where=path, why=str(error)[:100], mend=f"give {kind}") from error


class _DocumentType(Exception):  # noqa: N818 - it never leaves this file
    pass


class _Plain(ElementTree.TreeBuilder):
    """Builds a tree, and stops where a document type begins, before any entity is declared."""

    def doctype(self, name: str, public: str, system: str) -> None:
        raise _DocumentType(name)
