from __future__ import annotations

import pytest

from myoshift.errors import DataFormatError
from myoshift.formats import child


def module(tmp_path, monkeypatch, text):
    (tmp_path / "parser_of_ours.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "parser_of_ours"


def test_what_the_child_says_and_its_exit_code_come_back(tmp_path, monkeypatch):
    name = module(tmp_path, monkeypatch, "import sys; print(sys.argv[1]); sys.exit(4)")
    done = child.run(name, "words", seconds=30, again="")
    assert (done.returncode, done.stdout) == (4, "words\n")


def test_a_crash_and_a_wait_are_refusals(tmp_path, monkeypatch):
    name = module(tmp_path, monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(DataFormatError, match=r"crashed its reader \(signal 11\).*copy it"):
        child.run(name, seconds=30, again="copy it")
    name = module(tmp_path, monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(DataFormatError, match=r"too long.*0\.5 s"):
        child.run(name, seconds=0.5, again="")
