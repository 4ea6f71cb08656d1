"""AMASS motions, MinT tables and vendor text, damaged in what is theirs alone."""

from __future__ import annotations

import io
import pickle
import pickletools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fuzz.arrays import npz
from fuzz.mutant import Mutant, pick
from miniatures.delsys import discover, emgworks, streams

# --- AMASS ----------------------------------------------------------------------------------------------------------

FRAMES = 24
POSES = np.random.default_rng(11).normal(0, 0.2, (FRAMES, 156))
POSES[:, :3] = (np.pi / 2, 0, 0)  # upright in a world whose z points up
WHOLE = {
    "poses": POSES,
    "trans": np.zeros((FRAMES, 3)),
    "betas": np.zeros(16),
    "gender": np.array("female"),
    "mocap_framerate": np.array(120.0),
}


@dataclass(frozen=True)
class Motion:
    """The arrays of one file."""

    arrays: dict = field(default_factory=lambda: dict(WHOLE))

    def write(self, **changes):
        members = []
        for name, array in (self.arrays | changes).items():
            if array is not None:
                buffer = io.BytesIO()
                np.save(buffer, array, allow_pickle=True)
                members.append((f"{name}.npy", buffer.getvalue()))
        return npz(members)

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        return ((FRAMES, 22, 3), (FRAMES, 3), 120.0)


RATES = (0.0, -1.0, np.nan, np.inf, "120", None, [120.0, 60.0], 60, 119.99, 1e30)
SHAPES = (
    (FRAMES, 72),
    (FRAMES, 155),
    (FRAMES - 1, 156),
    (0, 156),
    (FRAMES * 156,),
    (FRAMES, 52, 3),
    (1, FRAMES, 156),
)


def rate(original, random):
    value = pick(random, RATES)
    key = pick(random, ("mocap_framerate", "mocap_frame_rate"))
    states = None
    if key == "mocap_framerate" and isinstance(value, float | int) and np.isfinite(value) and value > 0:
        states = ((FRAMES, 22, 3), (FRAMES, 3), float(value))
    return Mutant(original.write(**{key: None if value is None else np.array(value)}), f"{key} = {value}", states)


def poses(original, random):
    shape = pick(random, SHAPES)
    states = original.facts if shape == (FRAMES, 72) else None
    return Mutant(original.write(poses=np.resize(POSES, shape)), f"poses {shape}", states)


def frames_gone(original, random):
    kept = int(random.integers(1, FRAMES))
    changed = original.write(poses=POSES[:kept], trans=WHOLE["trans"][:kept])
    return Mutant(changed, f"{kept} frames", ((kept, 22, 3), (kept, 3), 120.0))


def kind(original, random):
    name = pick(random, ("poses", "trans", "betas", "gender"))
    value = pick(
        random, (np.array([{}], object), np.array("x"), np.zeros(0), np.array(b"\xff"), np.zeros((2, 2), "c16"))
    )
    return Mutant(
        original.write(**{name: value}), f"{name} is {value.dtype}", original.facts if name == "gender" else None
    )


def spot(original, random):
    changed = POSES.copy()
    changed[int(random.integers(0, FRAMES)), int(random.integers(0, 156))] = pick(
        random, (np.nan, np.inf, 1e300, 400.0)
    )
    return Mutant(original.write(poses=changed), "a value", original.facts)


AMASS = (Motion(),)
AMASS_DAMAGES = (rate, rate, poses, frames_gone, kind, spot)

# --- MinT -----------------------------------------------------------------------------------------------------------

MUSCLES = tuple(f"LU_{name}_{side}" for side in "lr" for name in ("soleus", "recfem", "bflh"))
GRID = np.round(0.14 + 0.02 * np.arange(30), 2)
ACTIVE = np.random.default_rng(12).uniform(0.01, 0.9, (30, 6))


@dataclass(frozen=True)
class Sequence:
    """Activations of one sequence, as a pickle of some protocol or as text."""

    protocol: int = 4

    def write(self, *, time=GRID, names=MUSCLES, values=ACTIVE):
        frame = pd.DataFrame(values, index=time, columns=list(names))
        return pickle.dumps(frame, self.protocol) if self.protocol else frame.to_csv().encode()

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        return ((30, 6), 50.0)


def plain(data):
    """Shape and rate of the text variant, read in the plainest way; None where it contradicts itself."""
    try:
        rows = [[float(cell) for cell in line.split(",")] for line in data.decode().split("\n")[1:] if line]
        time = [row[0] for row in rows]
        whole = all(len(row) == 7 for row in rows) and len(rows) > 1 and time == sorted(set(time))
        return ((len(rows), 6), 50.0) if whole else None
    except ValueError:
        return None


def grid(original, random):
    at = int(random.integers(0, 30))
    time = pick(
        random, (GRID * 2, GRID[::-1], np.delete(GRID, at), np.roll(GRID, 1), GRID + 0.005, GRID * 1e6, GRID - 9)
    )
    if len(time) < 30:
        return Mutant(original.write(time=time, values=ACTIVE[:29]), "a row lost", ((29, 6), 50.0))
    return Mutant(original.write(time=time), "other times")


def named(original, random):
    names = pick(random, ((*MUSCLES[:-1], "x"), (*MUSCLES[:-1], MUSCLES[0]), MUSCLES[::-1], (*MUSCLES[:-1], "")))
    return Mutant(original.write(names=names), "other names", original.facts if names == MUSCLES[::-1] else None)


def outside(original, random):
    values = ACTIVE.copy()
    values[int(random.integers(0, 30)), 2] = pick(random, (np.nan, np.inf, -0.5, 1.5, 1.005, 1e300))
    return Mutant(original.write(values=values), "a value")


def opcode(original, random):
    """One opcode left out, twice, or another one, where the file is a pickle."""
    data = original.data
    if not original.protocol:
        left = data[: int(random.integers(0, len(data)))]
        return Mutant(left, "cut", plain(left))
    starts = [at for _, _, at in pickletools.genops(data)] + [len(data)]
    k = int(random.integers(1, len(starts) - 1))
    a, b = starts[k], starts[k + 1]
    changed = pick(
        random,
        (
            data[:a] + data[b:],
            data[:b] + data[a:],
            data[:a] + bytes([int(random.integers(0, 256))]) + data[a + 1 :],
            data[:a]
            + pick(random, (b"N", b"}", b"]", b")", b"(", b"0", b"2", b"R", b"b", b".", b"cos\nsystem\n"))
            + data[a:],
        ),
    )
    return Mutant(changed, "an opcode")


MINT = tuple(map(Sequence, (2, 4, 5)))
MINT_CSV = (Sequence(0),)
MINT_DAMAGES = (grid, named, outside, opcode, opcode, opcode)

# --- Delsys ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Export:
    """A text export, and how it is written."""

    write: object
    options: tuple = ()

    @property
    def text(self):
        return self.write(streams(0.05), **dict(self.options))

    @property
    def data(self):
        return self.text.encode()

    @property
    def facts(self):
        return ((7, 148.1481), (96, 1925.926), (96, 1925.926))


def plain_export(data):
    """Rows and rate of every channel, read in the plainest way; None where something contradicts itself."""
    try:
        rows = [line.split(",") for line in data.decode().split("\n") if line]
        rows = rows[next(k for k, row in enumerate(rows) if row[0][:1].isdigit() and "." in row[0]) :]
        found = []
        for k in range(0, 6, 2):
            pairs = [(float(row[k]), float(row[k + 1])) for row in rows if row[k]]
            stated = 148.1481 if k == 2 else 1925.926  # the order of `streams`
            rate = (len(pairs) - 1) / (pairs[-1][0] - pairs[0][0]) if len(pairs) > 1 else stated
            found.append((len(pairs), rate))
        return tuple(sorted(found)) if all(len(row) == 6 for row in rows) else None
    except (ValueError, IndexError, ZeroDivisionError, StopIteration):
        return None


def cell(original, random):
    lines = original.text.split("\n")
    k = int(random.integers(0, len(lines) - 1))
    cells = lines[k].split(",")
    cells[int(random.integers(0, len(cells)))] = pick(
        random, ("", "x", "nan", "1e400", "1;5", "X[s]", "-1", "9" * 400)
    )
    lines[k] = ",".join(cells)
    return Mutant("\n".join(lines).encode(), "a cell")


def line(original, random):
    lines = original.text.split("\n")
    k = int(random.integers(0, len(lines) - 1))
    if random.random() < 0.5:
        del lines[k]
    else:
        lines.insert(k, lines[k])
    data = "\n".join(lines).encode()
    return Mutant(data, "a line", plain_export(data))


def spelt(original, random):
    data, (old, new) = (
        original.data,
        pick(random, ((b"Hz", b"kHz"), (b"(V)", b""), (b",", b";"), (b".", b","), (b"\n", b"\r"))),
    )
    return Mutant(data.replace(old, new), f"{new!r} for {old!r}")


DELSYS = (Export(emgworks), Export(emgworks, (("above", True),)), Export(discover))
DELSYS_DAMAGES = (cell, cell, line, spelt)
