"""`myoshift list methods` names every row of a leaderboard, and the page of methods is what it prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from myoshift import registry
from myoshift.training import search_space

PROGRAM = Path(sys.executable).with_name("myoshift")
DOCS = Path(__file__).parents[2] / "docs"
METHODS = (*registry.names("methods"), *registry.names("estimators"))


def run(*arguments):
    return subprocess.run([PROGRAM, "list", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def page():
    return run("methods", "--markdown").stdout


def test_json_has_methods_and_estimators_with_all_that_one_chooses_by():
    rows = json.loads(run("methods", "--json").stdout)
    assert sorted(row["name"] for row in rows) == sorted(METHODS)
    assert all(set(row) == {"name", "family", "reference", "needs", "cost"} for row in rows)


def test_estimators_are_listed_alone_too():
    rows = json.loads(run("estimators", "--json").stdout)
    assert {row["name"] for row in rows} == set(registry.names("estimators"))


def test_listing_methods_imports_no_torch():
    code = "import sys; from myoshift.cli.list import command; command('methods', json=True, markdown=False); "
    code += "sys.exit(' '.join(m for m in ('torch', 'sklearn', 'matplotlib') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_the_page_in_the_documents_is_what_the_command_prints(page):
    assert (DOCS / "methods.md").read_text() == page, "myoshift list methods --markdown > docs/methods.md"


@pytest.mark.parametrize("name", METHODS)
def test_the_page_says_what_a_method_is_with_its_ranges(name, page):
    body = page.split(f"### {name}\n")[1].split("\n### ")[0]
    cls = registry.load("methods" if name in registry.names("methods") else "estimators", name)
    assert cls.__doc__.split("\n")[0].replace("``", "`") in body
    shared = page.split("## Family")[0]
    for setting in search_space(cls):
        assert re.search(rf"^\| `{setting}` \| `[^`]+` \| \S", body + shared, re.MULTILINE), setting


def test_anchors_of_the_page_exist(page):
    headings = {
        line.lstrip("# ").lower().replace(":", "").replace(" ", "-") for line in page.split("\n") if line[:1] == "#"
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


@pytest.mark.parametrize("arguments", [("sites", "--markdown"), ("methods", "--json", "--markdown")])
def test_a_page_of_anything_else_is_refused(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "only methods have a page" in done.stderr


def test_every_family_and_reference_has_its_place_in_the_related_work():
    text = (DOCS / "related_work.md").read_text()
    for row in json.loads(run("methods", "--json").stdout):
        assert f'<a id="{row["family"]}"></a>' in text, row["family"]
        for work in re.findall(r"(?:arXiv|doi) [\d.]+\S*?(?=[,;]|$)", row["reference"]):
            assert work in text, f"{row['name']}: {work}"
