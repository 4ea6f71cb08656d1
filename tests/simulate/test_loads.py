"""Force plates become the ground reaction of each foot."""

import numpy as np

from myoshift import formats
from myoshift.simulate import loads

WALK = "OpenSim/Examples/Moco/example3DWalking/"


def test_the_walk_of_opensim_is_the_reference(data_root):
    walk = data_root / "opensim-core-moco" / WALK
    table = formats.read_delimited(data_root / "opensim-so-reference/grf_100hz.csv", time="time")
    found = loads.reaction(loads.read_plates(walk / "grf_walk.mot"), table.time, cutoff=None)
    for side in "rl":
        expected = np.stack([table.column(f"F_{side}{axis}") for axis in "xyz"], axis=1)
        # the rows at which the force passes 20 N differ: there the reference does not guard against aliasing
        assert np.sqrt(np.mean((found.force[side] - expected) ** 2, axis=0)).max() < 1.0
