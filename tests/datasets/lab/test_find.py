from __future__ import annotations

import pytest

from myoshift.datasets.lab.find import confined, entries, listing
from myoshift.datasets.lab.spec import LabSpec
from myoshift.errors import DataRefused


def spec(files, **more):
    said = {"name": "a", "institution": "b", "files": files, "subject": "x", "task": "walk", "trial": "t", **more}
    return LabSpec.model_validate(said)


def made(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")
    return folder


def test_one_file_may_play_several_roles(tmp_path):
    found = entries(spec({"motion": "{n}.c3d", "emg": "{n}.c3d"}), made(tmp_path, "1.c3d", "2.c3d"))
    assert [each.values for each in found] == [{"n": "1"}, {"n": "2"}]
    assert found[0].paths == {"motion": tmp_path / "1.c3d", "emg": tmp_path / "1.c3d"}


def test_a_role_may_add_a_placeholder(tmp_path):
    (found,) = entries(
        spec({"motion": "{n}_ik.sto", "emg": "{n}_{date}_emg.sto"}), made(tmp_path, "1_ik.sto", "1_9_emg.sto")
    )
    assert found.values == {"n": "1", "date": "9"}


def test_a_standing_trial_serves_all_of_a_person_and_may_be_excluded_as_a_trial(tmp_path):
    files = {"motion": "{s}/{n}.c3d", "standing": "{s}/static.c3d"}
    place = made(tmp_path, "a/1.c3d", "a/2.c3d", "a/static.c3d", "b/1.c3d", "b/static.c3d")
    found = entries(spec(files, exclude=["*/static.c3d"]), place)
    assert [each.paths["standing"].parent.name for each in found] == ["a", "a", "b"]


def test_each_gives_a_trial_for_each_value(tmp_path):
    found = entries(spec({"motion": "{n}.csv"}, each={"leg": ["Lead", "Trail"]}), made(tmp_path, "1.csv"))
    assert [each.values["leg"] for each in found] == ["Lead", "Trail"]


def test_hidden_and_excluded_files_are_not_listed(tmp_path):
    place = made(tmp_path, "a/1.sto", ".git/1.sto", "a/.1.sto", "old/1.sto")
    assert listing(place, ["old/*"]) == ["a/1.sto"]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataRefused, match="no such folder"):
        listing(tmp_path / "nothing")


def test_a_linked_file_within_the_folder_is_fine(tmp_path):
    made(tmp_path, "a.sto")
    (tmp_path / "b.sto").symlink_to(tmp_path / "a.sto")
    assert confined(tmp_path, "b.sto").read_text() == "x"
