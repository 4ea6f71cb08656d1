from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.anatomy import IPSILATERAL
from myoshift.errors import DataFormatError, DataRefused
from myoshift.simulate.fit.function_paths import read_function_paths
from myoshift.simulate.model import LEG, SIDES
from myoshift.simulate.paths import geometry

PATH = """<FunctionBasedPath name="/forceset/{name}"><coordinate_paths>{coordinates}</coordinate_paths>
<length_function><MultivariatePolynomialFunction><coefficients>{coefficients}</coefficients>
<dimension>{dimension}</dimension><order>{order}</order></MultivariatePolynomialFunction></length_function>
</FunctionBasedPath>"""
SOLEUS = ("/jointset/ankle_{side}/ankle_angle_{side}", "/jointset/subtalar_{side}/subtalar_angle_{side}")
RECTUS = ("/jointset/hip_{side}/hip_flexion_{side}", "/jointset/knee_{side}/knee_angle_{side}")


def path(name, coordinates, coefficients, order=2):
    return PATH.format(
        name=name, coordinates=" ".join(coordinates), coefficients=" ".join(map(str, coefficients)),
        dimension=len(coordinates), order=order,
    )  # fmt: skip


def written(folder, change=lambda text: text):
    """Every muscle 0.1 m long, but for soleus over ankle and subtalar joint, rectus femoris over hip and knee."""
    found = []
    for side in SIDES:
        for name in IPSILATERAL:
            coordinates, coefficients = (f"/jointset/hip/hip_flexion_{side}",), (0.1, 0, 0)
            if name == "soleus":
                coordinates, coefficients = (each.format(side=side) for each in SOLEUS), (0.3, 7, 8, -0.04, 9, 0.02)
            if name == "recfem":
                coordinates, coefficients = (
                    (each.format(side=side) for each in RECTUS),
                    (0.5, 0.04, 0, -0.05, 0.01, 0.003),
                )
            found.append(path(f"{name}_{side}", tuple(coordinates), coefficients))
    file = folder / "paths.xml"
    file.write_text(change(f"<OpenSimDocument><Set><objects>{''.join(found)}</objects></Set></OpenSimDocument>"))
    return file


def test_the_last_coordinate_runs_first_and_joints_beyond_the_leg_stand_at_zero(tmp_path):
    paths = read_function_paths(written(tmp_path))
    q = torch.tensor(np.random.default_rng(0).uniform(-0.5, 0.5, (7, len(LEG))))
    hip, knee, ankle = q[:, 0], q[:, 3], q[:, 4]
    for side in SIDES:
        length, slope = geometry(paths[side], q)
        by_name = dict(zip(IPSILATERAL, length.T, strict=True))
        torch.testing.assert_close(by_name["soleus"], 0.3 - 0.04 * ankle + 0.02 * ankle**2)
        rectus = 0.5 + 0.04 * knee - 0.05 * hip + 0.01 * hip * knee + 0.003 * hip**2
        torch.testing.assert_close(by_name["recfem"], rectus)
        torch.testing.assert_close(by_name["tfl"], torch.full((7,), 0.1, dtype=torch.float64))
        torch.testing.assert_close(slope[:, 4, IPSILATERAL.index("soleus")], -0.04 + 0.04 * ankle)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("0.3 7 8 -0.04 9 0.02", "0.3 7 8 -0.04 9", "5 coefficients of order 2 in 2"),
        ("0.3 7 8 -0.04 9 0.02", "0.3 7 8 -0.04 9 nan", "soleus_r"),
        ("0.3 7 8 -0.04 9 0.02", "0.3 7 8 -0.04 9 x", "soleus_r"),
        ("<order>2</order>", "<order>99999999</order>", "of order 99999999"),
        ("MultivariatePolynomialFunction>", "SimmSpline>", "another function"),
    ],
)
def test_a_length_that_is_no_whole_polynomial_is_refused(tmp_path, old, new, why):
    with pytest.raises(DataFormatError, match=why):
        read_function_paths(written(tmp_path, lambda text: text.replace(old, new)))


def test_a_muscle_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataRefused, match="soleus_l"):
        read_function_paths(written(tmp_path, lambda text: text.replace("/forceset/soleus_l", "/forceset/soleus_r")))


def test_a_document_type_is_refused(tmp_path):
    with pytest.raises(DataFormatError, match="document type"):
        read_function_paths(written(tmp_path, lambda text: "<!DOCTYPE a>" + text))
