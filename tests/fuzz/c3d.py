"""C3D files whose header fields and parameters say something else than their data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formats.c3d_writer import c3d_bytes
from fuzz.mutant import Mutant, pick

RANDOM = np.random.default_rng(3)
POINTS = np.round(RANDOM.uniform(-300, 300, (30, 4, 3)), 2)
ANALOGS = RANDOM.integers(-2000, 2000, (300, 3)).astype(float)
EVENTS = {"USED": np.int16(1), "LABELS": ["Foot Strike"], "CONTEXTS": ["Left"], "TIMES": np.zeros((2, 1), np.float32)}
WORDS = (0, 1, 2, 3, 5, 31, 255, 256, 32767, 32768, 65535)
REALS = (0.0, -0.0, 1.0, -1.0, 1e-30, 1e30, np.inf, np.nan, 50.0, 1000.0, 100.1)
FIELDS = {
    "parameter_block": (0, 1, 3, 9, 255),
    **dict.fromkeys(("points", "analogs", "first", "last", "start", "subframes"), WORDS),
    **dict.fromkeys(("scale", "rate"), REALS),
}
COUNTS = (("POINT", "USED"), ("POINT", "FRAMES"), ("ANALOG", "USED"), ("POINT", "DATA_START"), ("EVENT", "USED"))
RATES = (("POINT", "RATE"), ("ANALOG", "RATE"), ("POINT", "SCALE"), ("ANALOG", "GEN_SCALE"))
TEXTS = (("POINT", "LABELS"), ("POINT", "UNITS"), ("ANALOG", "LABELS"), ("ANALOG", "UNITS"), ("EVENT", "LABELS"))
ODD_TEXTS = (
    [],
    [""],
    ["A0", "A0", "A0"],
    ["x" * 127],
    ["\u00e9\u00df"],
    ["a\0b"],
    "one",
    np.int16(3),
    np.float32(np.nan),
)
LONG = (0, 1, 2, 29, 30, 31, 65535, 65536, 2**31, 2**32 - 1)


@dataclass(frozen=True)
class Original:
    """How to write the file."""

    points: np.ndarray | None = field(default_factory=lambda: POINTS)
    analogs: np.ndarray | None = field(default_factory=lambda: ANALOGS)
    options: dict = field(default_factory=dict)

    def write(self, **changes):
        """The file with other header fields or parameters."""
        return c3d_bytes(
            self.points, self.analogs, **self.options, **changes | {"EVENT": EVENTS | changes.get("EVENT", {})}
        )

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        frames = len(self.points) if self.points is not None else len(self.analogs) // 10
        points = self.points.shape[1] if self.points is not None else 0
        channels = self.analogs.shape[1] if self.analogs is not None else 0
        return (
            (frames, points, 3),
            (frames * 10 if channels else frames, channels),
            100.0,
            1000.0 if channels else None,
        )


def header_field(original, random):
    name = pick(random, tuple(FIELDS))
    value = pick(random, FIELDS[name])
    return Mutant(original.write(header={name: value}), f"header {name} = {value}")


def header_fields(original, random):
    names = [pick(random, tuple(FIELDS)) for _ in range(2)]
    header = {name: pick(random, FIELDS[name]) for name in names}
    return Mutant(original.write(header=header), f"header {header}")


def parameter_count(original, random):
    (group, name), value = pick(random, COUNTS), np.uint16(pick(random, WORDS))
    return Mutant(original.write(**{group: {name: value}}), f"{group}:{name} = {value}")


def parameter_real(original, random):
    (group, name), value = pick(random, RATES), np.float32(pick(random, REALS))
    return Mutant(original.write(**{group: {name: value}}), f"{group}:{name} = {value}")


def parameter_type(original, random):
    (group, name), value = (
        pick(random, COUNTS + RATES),
        pick(random, ("text", ["a", "b"], np.zeros(0, np.int16), np.ones((2, 3), np.float32), np.uint8(7))),
    )
    return Mutant(original.write(**{group: {name: value}}), f"{group}:{name} = {value!r}")


def parameter_text(original, random):
    (group, name), value = pick(random, TEXTS), pick(random, ODD_TEXTS)
    return Mutant(original.write(**{group: {name: value}}), f"{group}:{name} = {value!r}")


def parameter_gone(original, random):
    group, name = pick(random, COUNTS + RATES + TEXTS)
    return Mutant(original.write(**{group: {name: None}}), f"{group}:{name} left out")


def channel_values(original, random):
    name, channels = pick(random, ("SCALE", "OFFSET")), original.facts[1][1]
    values = np.ones(int(random.integers(0, channels + 2)), np.float32)
    if len(values):
        values[int(random.integers(0, len(values)))] = pick(random, REALS)
    return Mutant(original.write(ANALOG={name: values}), f"ANALOG:{name} = {values}")


def long_frames(original, random):
    low_high = [np.array([n % 65536, n >> 16], np.uint16) for n in (pick(random, LONG), pick(random, LONG))]
    trial = {"ACTUAL_START_FIELD": low_high[0], "ACTUAL_END_FIELD": low_high[1]}
    return Mutant(original.write(TRIAL=trial), f"TRIAL {trial}")


def cut_at_frame(original, random):
    """The data end after some of the frames, or a word beside that."""
    data, (frames, points, _), (_, channels), *_ = original.data, *original.facts
    size = (4 * points + 10 * channels) * (4 if original.options.get("real", True) else 2)
    at = len(data) - size * int(random.integers(1, frames)) + int(random.integers(-2, 3))
    return Mutant(data[:at], "cut between frames")


def cut_at_block(original, random):
    at = 512 * int(random.integers(0, len(original.data) // 512 + 1))
    return Mutant(original.data[:at], "cut between blocks")


def pointer(original, random):
    """The pointer behind a parameter's name leads somewhere else."""
    data = bytearray(original.data)
    name = pick(random, [b"USED", b"RATE", b"SCALE", b"FRAMES", b"UNITS", b"LABELS", b"OFFSET", b"POINT", b"ANALOG"])
    at = data.find(name, 512) + len(name)
    data[at : at + 2] = pick(
        random, (b"\0\0", b"\1\0", b"\xff\xff", random.bytes(2), bytes([data[at] + 1 & 255, data[at + 1]]))
    )
    return Mutant(bytes(data), f"pointer behind {name.decode()}")


def name_changed(original, random):
    """A parameter has another name, length of name, or group."""
    data = bytearray(original.data)
    name = pick(random, [b"USED", b"RATE", b"SCALE", b"FRAMES", b"UNITS", b"LABELS", b"OFFSET", b"POINT", b"ANALOG"])
    at = data.find(name, 512) - 2 + int(random.integers(0, 2 + len(name)))
    data[at] = int(random.integers(0, 256))
    return Mutant(bytes(data), f"name or group of {name.decode()}")


def processor(original, random):
    data = bytearray(original.data)
    data[515] = pick(random, (0, 83, 84, 85, 86, 87, 255))
    return Mutant(bytes(data), "processor")


def originals(*, real):
    """Intel, DEC and MIPS files; one without analogs, one without points."""
    kinds = [Original(options={"real": real, "processor": p}) for p in ("intel", "dec", "mips")]
    return (*kinds, Original(analogs=None, options={"real": real}), Original(points=None, options={"real": real}))


DAMAGES = (
    header_field,
    header_field,
    header_fields,
    parameter_count,
    parameter_real,
    parameter_type,
    parameter_text,
    parameter_gone,
    channel_values,
    long_frames,
    cut_at_frame,
    cut_at_block,
    pointer,
    name_changed,
    processor,
)
