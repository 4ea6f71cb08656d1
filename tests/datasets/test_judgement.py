"""What a check says."""

from __future__ import annotations

from myoshift.datasets.judgement import Judgement, counts, flagged, refused
from myoshift.errors import DataFormatError
from myoshift.types import Flag


def test_errors_and_flags_in_one_form():
    error = refused(DataFormatError("empty", where="a/b.sto, line 1", why="0 bytes", mend="again"), "b.sto")
    assert (error.verdict, error.where, error.why, error.mend) == (
        "refused",
        "a/b.sto, line 1",
        "empty (0 bytes)",
        "again",
    )
    assert refused(DataFormatError("empty"), "b.sto").where == "b.sto"
    flag = flagged(Flag("axes", "y is up", "here"), "b.trc")
    assert (flag.rule, flag.verdict, flag.where) == ("axes", "flag", "b.trc, here")


def test_the_worst_is_counted_first():
    said = [Judgement(rule="r", where="w", verdict=each, why="") for each in ("pass", "flag", "pass", "refused")]
    assert list(counts(said).items()) == [("refused", 1), ("flag", 1), ("pass", 2)]
