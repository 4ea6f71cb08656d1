"""The table of emg2pose is joined or the file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from miniatures import emg2pose as miniature
from myoshift import formats
from myoshift.datasets.emg2pose_index import index, refuse_other
from myoshift.errors import DataFormatError, DataRefused

SMALL = {"users": 2, "sessions": 1, "stages": ("Fist making", "Free"), "sides": ("left",), "seconds": 0.1}


@pytest.fixture
def corpus(tmp_path):
    return miniature.write(tmp_path, **SMALL)


@pytest.fixture
def folder(tmp_path, corpus):
    return tmp_path / "emg2pose"


def test_rows_are_joined_by_name(folder, corpus):
    entries = index(folder)
    assert [entry.name for entry in entries] == [row["filename"] for row in corpus.rows]
    assert [(e.split, e.generalization) for e in entries] == [
        *(("train", ""), ("test", "stage"), ("test", "user"), ("test", "user_stage")),
    ]
    assert entries[0].task == "fist_making"


def test_a_part_of_the_corpus_is_enough(folder, corpus):
    (folder / f"{corpus.rows[0]['filename']}.hdf5").unlink()
    assert len(index(folder)) == 3


def test_names_with_a_suffix_are_the_same_names(folder, corpus):
    miniature.write_table(folder, [{**row, "filename": f"{row['filename']}.hdf5"} for row in corpus.rows])
    assert len(index(folder)) == 4


def _edited(**changes):
    return lambda rows: [{**rows[0], **changes}, *rows[1:]]


@pytest.mark.parametrize(
    ("edit", "tokens"),
    [
        pytest.param(lambda rows: rows[1:], ["000_left.hdf5", "not in the table", "3 rows"], id="no-row"),
        pytest.param(_edited(split=""), ["000_left.hdf5", "side of the split", "train, val, test"], id="no-split"),
        pytest.param(_edited(split="dev"), ["000_left.hdf5", "split 'dev'"], id="another-split"),
        pytest.param(_edited(user=""), ["000_left.hdf5", "whose hand"], id="nobody"),
        pytest.param(_edited(side="both"), ["000_left.hdf5", "whose hand", "both"], id="no-side"),
        pytest.param(_edited(split="test"), ["000_left.hdf5", "what is new", "user_stage"], id="no-kind"),
        pytest.param(_edited(held_out_user=True), ["000_left.hdf5", "may be learned from"], id="train-but-held-out"),
        pytest.param(_edited(held_out_stage="?"), ["000_left.hdf5", "may be learned from"], id="held-out-unknown"),
        pytest.param(lambda rows: [*rows, rows[0]], ["000_left", "two rows"], id="twice"),
        pytest.param(_edited(stage="Free!"), ["one name", "'Free!' and 'Free'"], id="stages-alike"),
    ],
)
def test_bad_tables_are_refused_and_name_the_file(folder, corpus, edit, tokens):
    miniature.write_table(folder, edit(corpus.rows))
    with pytest.raises(DataRefused) as caught:
        index(folder)
    assert caught.value.exit_code == 3
    for token in ["metadata.csv", *tokens]:
        assert token in str(caught.value)


def test_no_table_no_split(folder):
    (folder / "metadata.csv").unlink()
    with pytest.raises(DataRefused, match=r"metadata\.csv.*missing.*no split is invented"):
        index(folder)


def test_a_table_without_a_column_or_in_no_text(folder):
    (folder / "metadata.csv").write_text("filename,user\na,b\n")
    with pytest.raises(DataFormatError, match=r"column is missing.*generalization"):
        index(folder)
    (folder / "metadata.csv").write_bytes(b"\xff\xfe\x00filename")
    with pytest.raises(DataFormatError, match="cannot be read"):
        index(folder)


def test_an_empty_folder_says_what_belongs_there(tmp_path):
    with pytest.raises(DataRefused, match=r"no \*\.hdf5.*directly in this folder"):
        index(tmp_path / "nowhere")


def test_a_table_that_contradicts_itself_about_a_test_is_flagged(folder, corpus):
    miniature.write_table(folder, [*corpus.rows[:3], {**corpus.rows[3], "held_out_user": False}])
    (flag,) = [flag for flag in index(folder)[3].flags if flag.code == "split_conflict"]
    assert flag.message == "held_out_user no, held_out_stage yes, but generalization 'user_stage'"


def test_a_hand_that_keeps_still_is_flagged(folder, corpus):
    miniature.write_table(folder, [{**row, "moving_hand": False} for row in corpus.rows])
    assert "still_hand" in {flag.code for flag in index(folder)[0].flags}


@pytest.mark.parametrize(
    ("column", "value"), [("user", "user77"), ("session", "another"), ("stage", "Other"), ("side", "right")]
)
def test_a_file_that_contradicts_its_row_is_refused(folder, corpus, column, value):
    miniature.write_table(folder, [{**corpus.rows[0], column: value}, *corpus.rows[1:]])
    entry = index(folder)[0]
    file = formats.open_emg2pose(entry.path)
    with pytest.raises(DataFormatError, match=rf"_left\.hdf5.*contradicts the table.*{column} .*{value}"):
        refuse_other(entry, file)


def test_names_that_say_something_else_are_flagged(folder, corpus):
    row = corpus.rows[0]
    old = folder / f"{row['filename']}.hdf5"
    old.rename(folder / "mine_right.hdf5")
    miniature.write_table(folder, [{**row, "filename": "mine_right"}, *corpus.rows[1:]])
    (entry,) = [entry for entry in index(folder) if entry.name == "mine_right"]
    flags = refuse_other(entry, formats.open_emg2pose(entry.path))
    assert [flag.code for flag in flags] == ["renamed", "side_conflict"]
    assert Path(entry.path).name == "mine_right.hdf5"
