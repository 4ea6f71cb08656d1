"""What stands in the server of a viewer."""

from __future__ import annotations

import socket
import sys

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from conftest import make_walk
from myoshift.deploy.viewer import scene
from myoshift.deploy.viewer.figure import BESIDE, FROM, LIGHT, Figure, beside, floor, serve, stop
from myoshift.errors import ConfigError


@pytest.fixture(scope="module")
def shown():
    return scene.of(make_walk(seconds=1.0))


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("viser", reason="viser is not installed")
    server = serve()
    yield server
    stop(server)


@pytest.fixture
def figure(server, shown):
    figure = Figure(server, shown)
    yield figure
    figure.remove()


def drawn(figure: Figure) -> tuple[np.ndarray, np.ndarray]:
    """Ends (N, 2, 3) and colours (N, 2, 3) of the pieces of muscles."""
    return np.asarray(figure._lines.points), np.asarray(figure._lines.colors)


def test_muscles_are_one_handle_of_all_their_pieces(figure, shown):
    ends, _ = drawn(figure)
    whole = np.linalg.norm(np.diff(shown.paths[0], axis=1), axis=2).sum()
    assert np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum() == pytest.approx(whole, rel=1e-5)
    assert len(ends) == 208  # 288 points of 80 muscles


def test_a_frame_puts_bones_and_muscles_where_the_scene_has_them(figure, shown):
    figure.show(30, np.zeros(80))
    for handle, bone in zip(figure._bones, shown.bones, strict=True):
        assert np.allclose(handle.position, shown.origins[30, bone.segment])
        turn = Rotation.from_quat(np.asarray(handle.wxyz)[[1, 2, 3, 0]]).as_matrix()
        assert np.allclose(turn, shown.rotations[30, bone.segment], atol=1e-5)
    first = drawn(figure)[0][0]
    assert np.allclose(first, shown.paths[30, 0, :2])


def test_colours_follow_activation_and_stay_without_one(figure, shown):
    assert np.unique(drawn(figure)[1]).tolist() == [LIGHT[120]]
    activation = np.full(80, np.nan)
    activation[shown.muscles.index("soleus_r")] = 1.0
    figure.show(3, activation)
    ends, colours = drawn(figure)
    red = (colours == [255, 0, 0]).all(axis=(1, 2))
    assert red.sum() == 1
    soleus = shown.paths[3, shown.muscles.index("soleus_r"), :2]
    assert np.allclose(ends[red], soleus)
    figure.show(4)
    assert (drawn(figure)[1] == colours).all()
    figure.paint("colour-blind")
    assert drawn(figure)[1][red][0, 0].tolist() == LIGHT[[254, 232, 56]].tolist()


def test_lines_get_light_and_not_its_code():
    assert LIGHT[[0, 255]].tolist() == [0, 255]
    assert LIGHT[128] == 55  # 21.6 % of the light of white
    assert (np.diff(LIGHT.astype(int)) >= 0).all()


def test_one_side(figure, shown):
    both = drawn(figure)[0]
    for side, sign in (("r", 1), ("l", -1)):
        figure.side(side)
        ends = drawn(figure)[0]
        seen = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) > 0
        assert seen.sum() == 104
        assert (sign * ends[seen].mean(axis=(0, 1))[2]) > 0.05
    figure.side("both")
    assert np.array_equal(drawn(figure)[0], both)


def test_a_second_figure_is_to_the_right_and_as_far_from_the_eye():
    eye, way = np.array(FROM), np.array(BESIDE)
    right = np.cross(-eye, [0, 1, 0])
    assert way @ right > 0
    assert abs(way @ (eye * [1, 0, 1])) < 0.02
    assert beside(0) == (0.0, 0.0, 0.0)
    assert beside(1) == BESIDE


def test_the_eye_sees_all_figures(server, shown):
    for number in (1, 2):
        ground = floor(server, shown, figures=number)
        eye, middle = np.asarray(server.initial_camera.position), np.asarray(server.initial_camera.look_at)
        distance = np.linalg.norm(eye - middle)
        heads = [shown.origins[0, shown.segments.index("head")] + beside(k) for k in range(number)]
        assert all(np.degrees(np.arctan(np.linalg.norm(head - middle) / distance)) < 35 for head in heads)
    before = np.asarray(ground._grid.position).copy()
    ground.move(np.array([2.3, 0.0, -0.2], np.float32))
    assert np.asarray(ground._grid.position) - before == pytest.approx([-0.3, 0.0, 0.2], abs=1e-5)


def test_without_viser(monkeypatch):
    monkeypatch.setitem(sys.modules, "viser", None)
    with pytest.raises(ConfigError, match="viser, which is not installed") as refused:
        serve()
    assert "pip install 'myoshift[viewer]'" in refused.value.mend


def test_it_says_nothing_and_listens_here_alone(capsys):
    pytest.importorskip("viser", reason="viser is not installed")
    server = serve()
    port = server.get_port()
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    assert server.get_host() == "127.0.0.1"
    stop(server)
    assert capsys.readouterr().out == ""
