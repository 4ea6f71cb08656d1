"""A scene in a viser server: bones that move, and one handle of lines for all muscles."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from myoshift.anatomy import split_side
from myoshift.deploy.viewer.colours import Scheme, colours
from myoshift.deploy.viewer.scene import Scene
from myoshift.errors import ConfigError
from myoshift.types import Array, Array32

if TYPE_CHECKING:
    import viser

Sides = Literal["both", "r", "l"]
BONE = (232, 226, 212)
THICKNESS = 0.012  # m, of a muscle
LIGHT = np.round(
    255
    * np.where(np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4)
).astype(np.uint8)
"""Intensity of light, 0 to 255, of a value of sRGB (IEC 61966-2-1)."""
FROM = (1.10, 0.15, 1.50)
"""m from the middle of the body to the eye: in front of it and to its right, at the height of the chest."""
BESIDE = (0.90, 0.0, -0.66)
"""m by which a second figure stands beside the first: to the right as the eye sees them, and as far from it."""
SQUARE = 1.0  # m


def serve(port: int = 0, host: str = "127.0.0.1") -> viser.ViserServer:
    """An empty server whose ground is a floor and whose y axis points up; port 0 takes a free one.

    Raises
    ------
    ConfigError
        When viser is not installed, or the port is taken.
    """
    try:
        import viser
    except ImportError as error:
        raise ConfigError(
            "the viewer needs viser, which is not installed", why=str(error), mend="pip install 'myoshift[viewer]'"
        ) from error
    try:
        with redirect_stdout(StringIO()):  # it announces itself in a frame
            server = viser.ViserServer(host=host, port=port or _free(host), verbose=False)
    except OSError as error:
        raise ConfigError(
            "the viewer cannot be reached", where=f"{host}:{port}", why=str(error), mend="choose another --port"
        ) from error
    server.scene.set_up_direction("+y")
    server.scene.world_axes.visible = False
    return server


def stop(server: viser.ViserServer) -> None:
    """Close the server without a word."""
    with redirect_stdout(StringIO()):
        server.stop()


def beside(number: int) -> tuple[float, float, float]:
    """Where a figure of that number stands, from 0."""
    x, y, z = (number * way for way in BESIDE)
    return x, y, z


class Floor:
    """A floor of squares of 25 cm, and of 1 m, around a middle (3,) on the ground."""

    def __init__(self, server: viser.ViserServer, middle: Array, width: float) -> None:
        self._middle = np.array([middle[0], 0.0, middle[2]])
        self._grid = server.scene.add_grid(
            "/floor",
            width=width,
            height=width,
            plane="xz",
            cell_size=0.25,
            section_size=SQUARE,
            cell_color=(225, 225, 225),
            section_color=(190, 190, 190),
            position=self._middle,
        )

    def move(self, course: Array32) -> None:
        """Slide it backwards under a body that went (3,) m and is shown in place; squares come back after 1 m."""
        self._grid.position = self._middle - np.fmod(course, SQUARE)


def floor(server: viser.ViserServer, scene: Scene, *, figures: int = 1) -> Floor:
    """A floor below figures of the scene that stand `BESIDE` each other, and an eye that sees all of them."""
    first = scene.origins[0]
    middle = (first.min(axis=0) + first.max(axis=0)) / 2 + np.array(BESIDE) * (figures - 1) / 2
    far = float(np.ptp(scene.origins[:, 0, [0, 2]], axis=0).max()) + 6.0
    server.initial_camera.look_at = middle
    server.initial_camera.position = middle + np.array(FROM) * (1.0 + 0.35 * (figures - 1))
    return Floor(server, middle, far)


class Figure:
    """The body of a scene in a server.

    Parameters
    ----------
    scene : what is shown; frame 0 first, all muscles grey
    scheme : of the colours of activation
    name : of the node in the server that holds the figure; two figures need two names
    offset : (3,) m by which it stands beside the place where it moved
    """

    def __init__(
        self,
        server: viser.ViserServer,
        scene: Scene,
        scheme: Scheme = "blue-red",
        *,
        name: str = "body",
        offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        self.server, self.scene, self.scheme = server, scene, scheme
        self._activation: Array | None = None
        self._frame, self._sides = 0, "both"
        self._muscle, self._point = _pieces(scene)
        self._side = np.array([split_side(muscle)[1] or "" for muscle in scene.muscles])
        self._turns = _quaternions(scene)
        self._place = server.scene.add_frame(f"/{name}", show_axes=False, position=offset)
        self._bones = [
            server.scene.add_mesh_simple(
                f"/{name}/{scene.segments[bone.segment]}", bone.vertices, bone.faces, color=BONE, side="double"
            )
            for bone in scene.bones
        ]
        self._lines = server.scene.add_line_segments(
            f"/{name}/muscles",
            points=self._ends(0),
            colors=self._paint(),
            thickness=THICKNESS,
            thickness_units="world",
        )
        self.show(0)

    def show(self, frame: int, activation: Array | None = None) -> None:
        """Move to a frame, muscles coloured by activation (M,) in the order of `Scene.muscles`, NaN where unknown.

        Without activation the muscles keep the colours that they had.
        """
        if activation is not None:
            self._activation = activation
        self._frame = frame
        with self.server.atomic():
            for handle, bone in zip(self._bones, self.scene.bones, strict=True):
                handle.wxyz = self._turns[frame, bone.segment]
                handle.position = self.scene.origins[frame, bone.segment]
            self._lines.points = self._ends(frame)
            if activation is not None:
                self._lines.colors = self._paint()

    def side(self, sides: Sides) -> None:
        """Show the muscles of both legs, or of one."""
        self._sides = sides
        with self.server.atomic():
            self._lines.points = self._ends(self._frame)
            self._lines.colors = self._paint()

    def paint(self, scheme: Scheme) -> None:
        """Show the same activations in other colours."""
        self.scheme = scheme
        self._lines.colors = self._paint()

    def remove(self) -> None:
        """Take the figure out of the server."""
        for handle in (*self._bones, self._lines, self._place):
            handle.remove()

    def _ends(self, frame: int) -> NDArray[np.float32]:
        """(N, 2, 3) ends of the pieces of all muscles; pieces of a hidden side have no length."""
        ends = np.stack([self.scene.paths[frame, self._muscle, self._point + step] for step in (0, 1)], axis=1)
        if self._sides != "both":
            hidden = self._side[self._muscle] != self._sides
            ends[hidden] = ends[hidden][:, :1]
        return ends

    def _paint(self) -> NDArray[np.uint8]:
        """(N, 2, 3) colours of the ends, as intensities of light: the browser encodes those of lines once more."""
        known = self._activation if self._activation is not None else np.full(len(self.scene.muscles), np.nan)
        return np.repeat(LIGHT[colours(known, self.scheme)][self._muscle][:, None], 2, axis=1)


def _pieces(scene: Scene) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Muscle and first point of each straight piece of a path; what only repeats the last point is none."""
    muscle, point = np.nonzero((np.diff(scene.paths[0], axis=1) != 0).any(axis=2))
    return muscle, point


def _quaternions(scene: Scene) -> NDArray[np.float32]:
    """(T, S, 4), w first."""
    turns = Rotation.from_matrix(scene.rotations.reshape(-1, 3, 3)).as_quat()
    return turns[:, [3, 0, 1, 2]].reshape(*scene.origins.shape[:2], 4).astype(np.float32)


def _free(host: str) -> int:
    """A port on which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
