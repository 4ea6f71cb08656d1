from __future__ import annotations

from pathlib import Path

import pytest

from myoshift.cli.targets import progress, targets
from myoshift.errors import ConfigError

WALK, RUN = Path("a/walk.mot"), Path("b/run.mot")


def test_one_file_is_written_as_named_and_several_into_a_folder():
    assert targets([WALK], Path("out.sto"), "activation") == [Path("out.sto")]
    assert targets([WALK, RUN], Path("out"), "moments") == [Path("out/walk_moments.sto"), Path("out/run_moments.sto")]
    assert targets([WALK], Path("out"), "activation") == [Path("out/walk_activation.sto")]
    assert targets([WALK], Path("out"), "activation", ".csv") == [Path("out/walk_activation.csv")]


@pytest.mark.parametrize(
    ("files", "out", "why"),
    [
        ([WALK], "out.csv", r"cannot write '\.csv'"),
        ([WALK, RUN], "out.sto", r"cannot write 2 files as 'out\.sto'"),
        ([WALK, Path("b/walk.mot")], "out", "a/walk.mot, b/walk.mot would both become walk_activation.sto"),
        ([Path("a/walk.sto")], "a/../a/walk.sto", "over the file that it comes from"),
    ],
)
def test_what_would_be_overwritten_or_is_no_storage_is_refused(files, out, why):
    with pytest.raises(ConfigError, match=why):
        targets(files, Path(out), "activation")


@pytest.mark.parametrize(("total", "quiet", "shown"), [(2, False, True), (2, True, False), (1, False, False)])
def test_the_bar_is_for_several_files_on_a_terminal(capsys, monkeypatch, total, quiet, shown):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress("predict", total, quiet=quiet) as advance:
        advance()
    found = capsys.readouterr()
    assert ("predict" in found.err) is shown
    assert not found.out
