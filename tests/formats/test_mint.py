from __future__ import annotations

import pickle

import numpy as np
import pytest

from miniatures import mint as miniature
from myoshift import anatomy, formats
from myoshift.errors import DataFormatError

pd = pytest.importorskip("pandas")

NAMES = anatomy.mint_names()


def read(folder):
    return formats.read_mint(folder, muscles=NAMES)


def change(folder, name, how):
    path = folder / f"{name}.pkl"
    path.write_bytes(pickle.dumps(how(pickle.loads(path.read_bytes()))))


@pytest.fixture
def folder(tmp_path):
    return miniature.write_sequence(tmp_path / "walk", miniature.Walk(gaps=(1, 2)))


@pytest.mark.parametrize("kind", ["pkl", "csv"])
def test_values_names_units_and_times(tmp_path, kind):
    walk = miniature.Walk()
    found = read(miniature.write_sequence(tmp_path / "walk", walk, kind=kind))
    time, tables = miniature.tables(walk)
    assert found.activations.names == NAMES
    assert set(found.activations.units) == {"1"}
    assert set(found.forces.units) == {"N"}
    assert dict(zip(found.ground.names, found.ground.units, strict=True)) == {
        name: {"t": "N m", "v": "N", "p": "m"}["t" if "torque" in name else name[-2]] for name in miniature.GROUND
    }
    assert found.activations.rate == 50.0
    np.testing.assert_allclose(found.activations.time, time[:-1], atol=1e-9)
    for name, table in (
        ("muscle_activations", found.activations),
        ("grf", found.ground),
        ("muscle_forces", found.forces),
    ):
        np.testing.assert_allclose(table.values, tables[name][1][: len(time) - 1], rtol=1e-12, atol=1e-15)
    assert found.activations.time[0] == pytest.approx(0.14)


def test_the_file_of_the_activations_may_be_named(folder):
    np.testing.assert_array_equal(read(folder / "muscle_activations.pkl").frames, read(folder).frames)


def test_bad_19_gaps_stay_gaps_and_are_counted(folder):
    found = read(folder)
    flags = {flag.code: flag.message for flag in found.flags}
    assert "1 gaps, longest 2.80 s, 2.80 s in all; none is interpolated" in flags["gaps"]
    steps = np.diff(found.activations.time)
    assert steps.max() == pytest.approx(2.82)
    first, second = found.stretches()
    assert first.activations.time[-1] == pytest.approx(0.14 + 1.38)
    assert second.ground.time[0] == second.forces.time[0] == pytest.approx(0.14 + 4.2)
    np.testing.assert_array_equal(second.activations.values, found.activations.values[len(first.frames) :])


def test_short_blocks_are_left_out(folder):
    def cut(frame):
        keep = np.ones(len(frame), bool)
        keep[10:12] = False
        return frame[keep]

    change(folder, "muscle_activations", cut)
    found = read(folder)
    assert [len(each.frames) for each in found.stretches(0.0)] == [10, 58, 75]
    assert [len(each.frames) for each in found.stretches()] == [58, 75]


def test_tables_are_joined_by_their_time_and_not_by_place(folder):
    change(folder, "grf", lambda frame: frame.iloc[3:])
    found = read(folder)
    message = next(flag.message for flag in found.flags if flag.code == "rows")
    assert "muscle_activations 146, grf 142, muscle_forces 145; the 142 frames that all have are kept" in message
    assert found.activations.time[0] == pytest.approx(0.2)
    expected = miniature.muscles(miniature.Walk(), np.array([0.2]))
    np.testing.assert_allclose(found.activations.values[:1], expected)
    assert any(flag.code == "start" for flag in found.flags)


def test_activations_alone_are_enough(folder):
    (folder / "grf.pkl").unlink()
    (folder / "muscle_forces.pkl").unlink()
    found = read(folder)
    assert found.ground is None
    assert found.forces is None
    assert sum(flag.code == "missing_file" for flag in found.flags) == 2


def test_no_activations(folder):
    (folder / "muscle_activations.pkl").unlink()
    with pytest.raises(DataFormatError, match=r"no muscle activations.*muscle_activations\.pkl"):
        read(folder)


def renumber(values):
    def how(frame):
        index = frame.index.to_numpy().copy()
        for row, value in values.items():
            index[row] = value
        return frame.set_axis(index)

    return how


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (renumber({4: 0.2}), r"row 5.*time does not increase.*0\.2 s is followed by 0\.2 s"),
        (renumber({4: 0.14}), r"row 5.*time does not increase.*0\.2 s is followed by 0\.14 s"),
        (renumber({4: 0.225}), r"no multiples of 0\.02 s.*0\.225 s"),
        (renumber({4: np.nan}), "no number of seconds"),
        (lambda f: f.rename(columns={"LU_soleus_r": "x"}), r"1 unknown: x; 1 missing: LU_soleus_r"),
        (lambda f: f.drop(columns="TL_TR1_l"), r"402 muscles.*1 missing: TL_TR1_l"),
        (lambda f: f.assign(reserve_knee=0.0), r"unknown: reserve_knee"),
        (lambda f: f.assign(LU_soleus_r=1.02), r"LU_soleus_r.*outside 0 to 1.*1\.02"),
        (lambda f: f.assign(LU_soleus_r=-0.02), r"LU_soleus_r.*outside 0 to 1.*-0\.02"),
        (lambda f: f.assign(LU_soleus_r=np.inf), "outside 0 to 1"),
        (lambda f: f.iloc[:0], "no common time"),
    ],
)  # fmt: skip
def test_refusals(folder, how, why):
    change(folder, "muscle_activations", how)
    with pytest.raises(DataFormatError, match=why):
        read(folder)


def test_bad_38_a_small_overshoot_is_clipped_and_counted(folder):
    change(folder, "muscle_activations", lambda f: f.assign(LU_soleus_r=1.005))
    found = read(folder)
    assert found.activations.column("LU_soleus_r").max() == 1.0
    assert "145 activations" in next(f.message for f in found.flags if f.code == "clipped")


def test_activations_that_never_leave_the_floor(folder):
    change(folder, "muscle_activations", lambda f: f * 0 + 0.01)
    assert "nothing was simulated" in next(f.message for f in read(folder).flags if f.code == "floor")
    change(folder, "muscle_activations", lambda f: f.assign(LU_soleus_r=0.9))
    flag = next(f for f in read(folder).flags if f.code == "floor")
    assert flag.message.startswith("401 muscles")


def test_missing_numbers_stay_missing(folder):
    def how(frame):
        frame.iloc[3, 2] = np.nan
        return frame

    change(folder, "muscle_activations", how)
    found = read(folder)
    assert int((~found.activations.mask).sum()) == 1
    assert any(flag.code == "missing" for flag in found.flags)


def test_columns_in_another_order_keep_their_names(folder):
    before = read(folder).activations.column("LU_tibpost_l")
    change(folder, "muscle_activations", lambda f: f[f.columns[::-1]])
    np.testing.assert_array_equal(read(folder).activations.column("LU_tibpost_l"), before)


@pytest.mark.filterwarnings("ignore")
def test_the_installed_referee_reads_the_same(tmp_path):
    pytest.importorskip("musint")
    from musint.datasets.mint_dataset import MintDataset

    miniature.write_tree(tmp_path, amass=False)
    referee = MintDataset(str(tmp_path / "mint"), load_humanml3d_names=False)
    assert len(referee) == len(miniature.WALKS)
    for walk in miniature.WALKS:
        theirs, ours = referee.by_path(walk.path), read(tmp_path / "mint" / walk.path)
        rows = len(ours.frames)
        np.testing.assert_array_equal(ours.activations.values, theirs.muscle_activations.to_numpy()[:rows])
        np.testing.assert_array_equal(ours.forces.values, theirs.forces.to_numpy())
        np.testing.assert_array_equal(ours.ground.values, theirs.grf.to_numpy())
        np.testing.assert_allclose(ours.activations.time, theirs.muscle_activations.index[:rows], atol=1e-9)
        gaps = [
            (ours.activations.time[i], ours.activations.time[i + 1]) for i in np.flatnonzero(np.diff(ours.frames) > 1)
        ]
        np.testing.assert_allclose(gaps, theirs.get_gaps())
