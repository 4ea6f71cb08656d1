"""Every bad input that is known: refused, or loaded with a flag, with the words a user needs; nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from badinputs import binaries, channels, folders, texts, trials
from badinputs.case import flags
from myoshift.cli.main import app
from myoshift.errors import MyoshiftError

CASES = [*texts.CASES, *binaries.CASES, *trials.CASES, *channels.CASES, *folders.CASES]
ROWS = set(range(1, 41))
REFUSED = [case for case in CASES if not case.code]
FLAGGED = [case for case in CASES if case.code]


def every(cases):
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=case.id) for case in sorted(cases, key=lambda c: c.id)]
    )


def below(folder):
    """Every file with its content."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_forty_are_here():
    assert {case.row for case in CASES} >= ROWS
    assert len({case.id for case in CASES}) == len(CASES)


@every(REFUSED)
def test_refused(case, tmp_path):
    given = case.make(tmp_path)
    before = below(tmp_path)
    with pytest.raises(MyoshiftError) as caught:
        case.use(given)
    error = caught.value
    assert error.exit_code == 3
    for token in case.tokens:
        assert token in str(error)
    unsaid = [name for name in ("what", "where", "why", "mend") if not getattr(error, name)]
    assert not unsaid, str(error)
    assert below(tmp_path) == before, "something was left behind"


@every(FLAGGED)
def test_flagged(case, tmp_path):
    given = case.make(tmp_path)
    before = below(tmp_path)
    found = list(flags(case.use(given)))
    said = [f"{flag.message} {flag.where}" for flag in found if flag.code == case.code]
    assert said, [flag.code for flag in found]
    assert any(all(token in each for token in case.tokens) for each in said), said
    assert below(tmp_path) == before, "something was left behind"


@every(CASES)
def test_check_says_so_of_a_file(case, tmp_path):
    """`myoshift check FILE --json` refuses or flags whatever is wrong with the file alone."""
    given = case.make(tmp_path)
    if not isinstance(given, Path) or not given.is_file() or case.id in NEEDS_MORE:
        pytest.skip("no file, or nothing is wrong with it before it is used")
    before = below(tmp_path)
    done = CliRunner().invoke(app, ["check", str(given), "--json", *OPTIONS.get(given.suffix, [])])
    found = json.loads(done.stdout)
    assert done.exit_code == (0 if case.code else 3), done.output
    verdicts = {each["verdict"] for each in found["judgements"]}
    assert ("flag" if case.code else "refused") in verdicts
    assert below(tmp_path) == before


OPTIONS = {".csv": ["--rate", "2000"]}
NEEDS_MORE = {
    "bad_17-missing", "bad_17-nan", "bad_24-delsys", "bad_33-heart", "bad_34-snr", "bad_34-crosstalk", "bad_34-copy",
    "bad_23-both keys", "bad_03-c3d as sto",
}  # fmt: skip
"""What is wrong only with an option that is missing here, or as EMG, which a .sto file does not say it holds."""
