"""Force plates become the ground reaction of each foot."""

import numpy as np
import pytest

from myoshift import formats
from myoshift.errors import DataRefused
from myoshift.simulate import loads
from simulate.laboratories import START, walk, write_forces, write_loads

WALK = "OpenSim/Examples/Moco/example3DWalking/"


@pytest.fixture
def forces(tmp_path):
    return lambda **options: write_forces(tmp_path / "forces.mot", **options)


def grid(count=301):
    return START + np.arange(count) / 100


def on_the_foot(plates, cutoff=None):
    return loads.reaction(plates, plates.time, cutoff=cutoff)


def test_force_and_moment_come_back(forces, tmp_path):
    _, expected = walk()
    found = on_the_foot(loads.read_plates(forces()))
    stated = on_the_foot(loads.read_plates(forces(), loads=write_loads(tmp_path / "loads.xml")))
    for side in "rl":
        bearing = expected.reaction.force[side][:, 1] > loads.CONTACT
        for quantity in ("force", "moment"):
            want = getattr(expected.reaction, quantity)[side]
            np.testing.assert_allclose(getattr(found, quantity)[side][bearing], want[bearing], atol=1e-6)
            np.testing.assert_allclose(getattr(stated, quantity)[side], getattr(found, quantity)[side])
            assert np.abs(getattr(found, quantity)[side][~bearing]).max() < 1e-9


def test_forces_are_smoothed_like_the_motion(forces):
    plates = loads.read_plates(forces())
    raw, smooth = (on_the_foot(plates, cutoff).force["r"][:, 1] for cutoff in (None, loads.CUTOFF))
    assert np.abs(np.diff(smooth, 2)).max() < 0.5 * np.abs(np.diff(raw, 2)).max()
    assert smooth.mean() == pytest.approx(raw.mean(), rel=0.02)


def test_a_centre_of_pressure_without_load_is_ignored(forces):
    def wild(values):
        values = values.copy()
        values[values[:, 1] < loads.CONTACT, 3:6] = np.nan
        return values

    whole, torn = (on_the_foot(loads.read_plates(forces(change=change))) for change in (None, wild))
    np.testing.assert_array_equal(whole.moment["r"], torn.moment["r"])


def test_millimetres_are_refused_and_can_be_stated(forces):
    with pytest.raises(
        DataRefused, match=r"ground_force_r_v: the centre of pressure is out of this world.*--grf-unit"
    ):
        loads.read_plates(forces(scale=1000.0))
    stated, plain = loads.read_plates(forces(scale=1000.0), unit="mm"), loads.read_plates(forces())
    np.testing.assert_allclose(on_the_foot(stated).moment["r"], on_the_foot(plain).moment["r"], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda v: -v, r"does not push the foot upwards along y \(its largest component is y, -\d+ N\)"),
        (lambda v: v[:, [0, 2, 1, *range(3, 18)]], "its largest component is z"),
    ],
)
def test_forces_on_the_plate_and_other_axes_are_refused(forces, change, why):
    with pytest.raises(DataRefused, match=why):
        loads.read_plates(forces(change=change))


def test_missing_samples_under_a_foot_are_refused(forces):
    def torn(values):
        values = values.copy()
        values[np.flatnonzero(values[:, 1] > 100)[:3], 4] = np.nan
        return values

    with pytest.raises(DataRefused, match="3 of 300 rows are NaN, first at"):
        loads.read_plates(forces(change=torn))


def test_plates_of_unknown_feet_are_asked_for(forces):
    plates = loads.read_plates(forces(labels=("ground_force_1_", "ground_force_2_")))
    with pytest.raises(DataRefused, match=r"ground_force_1_v, ground_force_2_v: which foot.*--grf-side"):
        on_the_foot(plates)


def test_motion_and_forces_must_overlap(forces):
    plates = loads.read_plates(forces())
    assert loads.overlap(plates, START - 1.0, 100.0, 300) == slice(100, 300)
    with pytest.raises(DataRefused, match=r"motion 10..12.99 s, forces 2..4.99 s, at least 0.5 s"):
        loads.overlap(plates, 10.0, 100.0, 300)


def test_the_walk_of_opensim_is_the_reference(data_root):
    walked = data_root / "opensim-core-moco" / WALK
    table = formats.read_delimited(data_root / "opensim-so-reference/grf_100hz.csv", time="time")
    for described in (None, walked / "grf_walk.xml"):
        plates = loads.read_plates(walked / "grf_walk.mot", loads=described)
        found = loads.reaction(plates, table.time, cutoff=None)
        for side in "rl":
            expected = np.stack([table.column(f"F_{side}{axis}") for axis in "xyz"], axis=1)
            # only the rows at which the force passes 20 N differ: the reference has no guard against aliasing
            assert np.sqrt(np.mean((found.force[side] - expected) ** 2, axis=0)).max() < 1.0
