from __future__ import annotations

import pytest

from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats.xml import read_xml

KIND = "an OpenSim ExternalLoads file"


def written(folder, text):
    path = folder / "a.xml"
    path.write_text(text)
    return path


def test_the_root_is_returned(tmp_path):
    root = read_xml(written(tmp_path, "<?xml version='1.0'?><a><b>1</b></a>"), KIND)
    assert root.findtext("b") == "1"


@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY e 'ha'><!ENTITY f '&e;&e;&e;&e;'>]><a>&f;</a>",
    ],
)
def test_a_document_type_is_refused_before_it_is_parsed(tmp_path, document):
    with pytest.raises(DataFormatError, match="document type"):
        read_xml(written(tmp_path, document), KIND)


@pytest.mark.parametrize("text", ["nothing", "<a>", "<a>&e;</a>", "<?xml version='1.0' encoding='no-such'?><a/>"])
def test_what_is_no_xml_is_refused_with_the_kind_of_file_to_give(tmp_path, text):
    with pytest.raises(DataFormatError, match=KIND):
        read_xml(written(tmp_path, text), KIND)


def test_a_large_file_is_not_parsed(tmp_path):
    with pytest.raises(DataFormatError, match="too large"):
        read_xml(written(tmp_path, "<a>" + " " * 100 + "</a>"), KIND, largest=50)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataRefused):
        read_xml(tmp_path / "none.xml", KIND)
