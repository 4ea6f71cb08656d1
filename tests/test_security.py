"""Each guarantee of SECURITY.md has tests that are there by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = {
    "G1": ("test_malicious.py::test_nothing_is_unpickled", "test_malicious.py::test_the_canary_is_not_touched",
           "formats/test_unpickle.py"),
    "G2": ("formats/test_npz.py",),
    "G3": ("formats/test_settings.py::test_hostile_yaml_is_refused_as_settings",
           "test_malicious.py::test_yaml_is_read_by_one_loader"),
    "G4": ("formats/test_xml.py",),
    "G5": ("formats/test_hdf5.py", "test_malicious.py::test_every_reader_refuses_or_reads_inertly"),
    "G6": ("formats/test_mat.py::test_function_handles_are_refused_by_name", "formats/test_child.py"),
    "G7": ("formats/test_archive.py::test_bad_06_a_name_that_leads_out_is_refused",
           "formats/test_archive.py::test_bad_06_links_and_devices_are_refused",
           "formats/test_archive.py::test_bad_06_a_bomb_is_refused_by_its_ratio",
           "test_malicious.py::test_archives_are_unpacked_in_one_place"),
    "G8": ("datasets/test_download.py::test_a_redirect_that_is_not_safe_is_refused",
           "datasets/test_download.py::test_another_content_is_refused_and_not_kept",
           "datasets/test_get.py::test_without_a_published_hash_nothing_is_downloaded",
           "test_malicious.py::test_no_shell_and_no_unverified_server"),
    "G9": ("datasets/test_download.py::test_bad_03_a_page_in_place_of_data_leaves_the_part_alone",
           "datasets/test_get.py::test_terms_must_be_accepted_before_anything_is_asked_for"),
    "G10": ("predictor/test_folder.py", "test_malicious.py::test_nothing_is_executed_or_imported_for_a_file"),
    "G11": ("test_malicious.py::test_nothing_outside_is_opened",),
    "G12": ("test_malicious.py::test_nothing_is_started_but_our_own_readers",
            "test_malicious.py::test_nobody_is_asked_over_the_network"),
    "G13": ("bench/test_results.py::test_text_that_a_spreadsheet_would_run_is_quoted",
            "bench/report/test_hostile.py::test_no_cell_of_a_csv_is_a_formula"),
    "G14": ("test_fuzz.py::test_no_reader_crashes_or_is_silently_wrong",),
    "G15": ("formats/test_source.py", "formats/test_archive.py::test_nothing_is_overwritten"),
}  # fmt: skip


def stated():
    return re.findall(r"^\| (G\d+) \|", (ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_guarantee_is_numbered_and_has_tests():
    assert stated() == [f"G{k}" for k in range(1, len(stated()) + 1)]
    assert set(stated()) == set(TESTS)


@pytest.mark.parametrize("guarantee", TESTS)
def test_the_tests_are_there(guarantee):
    for place in TESTS[guarantee]:
        file, _, name = place.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions if name else any(each.startswith("test_") for each in functions), place
