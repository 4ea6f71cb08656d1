from __future__ import annotations

import csv
from pathlib import Path

import pytest

from miniatures import mint as miniature
from myoshift.datasets.mint_index import ALIASES, COLUMNS, pairs, read_index
from myoshift.errors import DataFormatError, DataRefused

pytest.importorskip("pandas")


@pytest.fixture
def root(tmp_path):
    walks = (
        miniature.Walk(seconds=2.0, babel=12906),
        miniature.Walk("KIT/KIT/7/kick_high_poses", 4.0, gaps=(1,), seed=1),
    )
    return miniature.write_tree(tmp_path, walks)


def rewrite(root, **changes):
    """The metadata with other cells in the first row."""
    path = root / "mint" / "KIT.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    rows[0] |= changes
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def files(root):
    return {path: path.read_bytes() for path in Path(root).rglob("*") if path.is_file()}


def test_what_the_metadata_say(root):
    walk, kick = read_index(root / "mint")
    assert (walk.person, walk.task, walk.babel, walk.gap) == ("KIT/3", "walk", 12906, False)
    assert (walk.mass, walk.height, walk.seconds) == (70.0, 1.75, 2.0)
    assert (kick.task, kick.babel, kick.gap) == ("movement", None, True)
    assert [flag.code for flag in walk.doubts] == ["babel"]


@pytest.mark.parametrize("cell", ["", "nan", "-1.0"])
def test_no_babel_id(root, cell):
    rewrite(root, babel_sid=cell)
    assert read_index(root / "mint")[0].babel is None


def test_little_that_was_simulated_is_flagged(root):
    rewrite(root, analysed_dur="0.9")
    assert "only 45% of 2 s" in next(flag.message for flag in read_index(root / "mint")[0].doubts)


def test_other_tables_are_left_alone_and_nothing_is_written(root):
    (root / "mint" / "KIT" / "KIT" / "3" / "grf.csv").write_text("time,a\n0,1\n")
    (root / "mint" / "mint_metadata.csv").write_text(
        ",".join((*COLUMNS, "path_id")) + "\n" + ",".join("x" * 13) + "\n"
    )
    before = files(root)
    assert len(read_index(root / "mint")) == 2
    assert len(pairs(root / "mint", root / "amass")) == 2
    assert files(root) == before


def test_a_row_twice_is_one_and_a_contradiction_is_refused(root):
    text = (root / "mint" / "KIT.csv").read_text()
    (root / "mint" / "copy.csv").write_text(text)
    assert len(read_index(root / "mint")) == 2
    (root / "mint" / "copy.csv").write_text(text.replace("70.0", "71.0"))
    with pytest.raises(DataRefused, match=r"say two things about KIT/KIT/"):
        read_index(root / "mint")


@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd", "a/../../b", "C:\\data", ""])
def test_paths_stay_inside(root, path):
    rewrite(root, data_path=path)
    with pytest.raises(DataFormatError, match=r"KIT\.csv, line 2.*leads out of its folder"):
        read_index(root / "mint")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"amass_dur": ""}, "incomplete.*amass_dur ''"),
        ({"gap": "no"}, "incomplete.*gap 'no'"),
        ({"height_cm": "tall"}, "height_cm.*no number"),
    ],
)
def test_rows_that_cannot_be_used(root, cells, why):
    rewrite(root, **cells)
    with pytest.raises(DataFormatError, match=why):
        read_index(root / "mint")


def test_no_metadata(tmp_path):
    with pytest.raises(DataRefused, match=r"no metadata of MinT.*amass_dur"):
        read_index(tmp_path)


def test_no_motion_says_what_is_missing_and_where_it_goes(root):
    for path in (root / "amass").rglob("*.npz"):
        path.unlink()
    with pytest.raises(DataRefused, match=r"2 with tables, 0 with a motion.*amass.KIT.KIT.*npz"):
        pairs(root / "mint", root / "amass")


def test_a_part_of_the_set_is_enough(root):
    next((root / "amass").rglob("kick*.npz")).unlink()
    assert [pair.sequence.person for pair in pairs(root / "mint", root / "amass")] == ["KIT/3"]


@pytest.mark.parametrize(("subset", "both"), ALIASES.items())
@pytest.mark.parametrize("layout", ["both", "first", "last"])
@pytest.mark.parametrize("end", ["_poses", "_stageii"])
def test_aliases_of_amass(tmp_path, subset, both, layout, end):
    folder = {"both": both, "first": both.split("/")[0], "last": both.split("/")[1]}[layout]
    walk = miniature.Walk(f"{subset}/{subset}/s1/walking_poses", 2.0)
    miniature.write_tree(tmp_path, (walk,), amass=False)
    path = tmp_path / "amass" / folder / "s1" / f"walking{end}.npz"
    miniature.write_amass(path, walk)
    (pair,) = pairs(tmp_path / "mint", tmp_path / "amass")
    assert pair.motion == path
