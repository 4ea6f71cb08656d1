"""Writes small C3D files for the tests: any processor, integer or float, any parameter."""

from __future__ import annotations

import struct

import numpy as np

CODES = {"intel": 84, "dec": 85, "mips": 86}


def c3d_bytes(
    points=None,
    analogs=None,
    *,
    real=True,
    processor="intel",
    rate=100.0,
    subframes=10,
    first_frame=1,
    scale=0.01,
    header=None,
    **groups,
):
    """A C3D file; `points` (T, P, 3), `analogs` (T * subframes, A) raw samples.

    `groups` override parameters: `POINT={"UNITS": ["m"]}`, a value of None leaves the parameter out; `header` does
    the same for the header's fields.
    """
    frames = len(points) if points is not None else len(analogs) // subframes
    points = np.zeros((frames, 0, 3)) if points is None else points
    analogs = np.zeros((frames * subframes, 0)) if analogs is None else analogs
    count, channels = points.shape[1], analogs.shape[1]
    scale = -scale if real else scale
    parameters = {
        "POINT": {
            "USED": np.int16(count),
            "RATE": np.float32(rate),
            "SCALE": np.float32(scale),
            "FRAMES": np.uint16(frames % 65536),
            "UNITS": ["mm"],
            "LABELS": [f"P{i}" for i in range(count)],
        },
        "ANALOG": {
            "USED": np.int16(channels),
            "RATE": np.float32(rate * subframes),
            "LABELS": [f"A{i}" for i in range(channels)],
            "UNITS": ["V"] * channels,
            "SCALE": np.ones(channels, np.float32),
            "OFFSET": np.zeros(channels, np.int16),
            "GEN_SCALE": np.float32(1),
        },
    }
    for group, values in groups.items():
        parameters[group] = {k: v for k, v in (parameters.get(group, {}) | values).items() if v is not None}
    section = _section(parameters, processor)
    fields = {
        "parameter_block": 2,
        "points": count,
        "analogs": channels * subframes,
        "first": min(first_frame, 65535),
        "last": min(first_frame + frames - 1, 65535),
        "scale": scale,
        "start": 2 + len(section) // 512,
        "subframes": subframes,
        "rate": rate,
    } | (header or {})
    return _header(fields, processor) + section + _data(points, analogs, subframes, scale, processor)


def _header(f, processor):
    order = ">" if processor == "mips" else "<"
    head = bytes([f["parameter_block"], 0x50])
    head += struct.pack(order + "HHHHH", f["points"], f["analogs"], f["first"], f["last"], 0)
    head += _reals([f["scale"]], processor)
    head += struct.pack(order + "HH", f["start"], f["subframes"]) + _reals([f["rate"]], processor)
    return head.ljust(512, b"\0")


def _section(parameters, processor):
    records = bytearray()
    for number, (group, values) in enumerate(parameters.items(), 1):
        records += _record(group, -number, b"\0", processor)
        for name, value in values.items():
            records += _record(name, number, _value(value, processor) + b"\0", processor)
    section = bytes([1, 0x50, 0, CODES[processor]]) + bytes(records) + b"\0\0"
    blocks = -(-len(section) // 512)
    return (section[:2] + bytes([blocks % 256]) + section[3:]).ljust(blocks * 512, b"\0")


def _record(name, group, content, processor):
    order = ">" if processor == "mips" else "<"
    return struct.pack("<bb", len(name), group) + name.encode() + struct.pack(order + "H", len(content) + 2) + content


def _value(value, processor):
    if isinstance(value, str):
        return struct.pack("<bBB", -1, 1, len(value)) + value.encode()
    if isinstance(value, list):
        width = max(map(len, value), default=1) or 1
        return struct.pack("<bBBB", -1, 2, width, len(value)) + b"".join(v.encode().ljust(width) for v in value)
    value = np.asarray(value)
    shape = bytes([value.ndim, *value.shape])
    flat = value.ravel(order="F")
    if value.dtype == np.float32:
        return b"\4" + shape + _reals(flat, processor)
    if value.dtype.itemsize == 1:
        return b"\1" + shape + flat.tobytes()
    return b"\2" + shape + flat.astype((">" if processor == "mips" else "<") + flat.dtype.str[1:]).tobytes()


def _reals(values, processor):
    values = np.asarray(values, np.float32)
    if processor != "dec":
        return values.astype(">f4" if processor == "mips" else "<f4").tobytes()
    bits = (values * np.float32(4)).view(np.uint32)
    return np.stack([bits >> 16, bits & 0xFFFF], 1).astype("<u2").tobytes()


def _data(points, analogs, subframes, scale, processor):
    frames = len(points)
    seen = np.isfinite(points).all(axis=2)
    corner = np.zeros((frames, points.shape[1], 4))
    corner[..., :3] = np.where(seen[..., None], points, 0) / (1 if scale < 0 else scale)
    corner[..., 3] = np.where(seen, 0, -1)
    data = np.concatenate([corner.reshape(frames, -1), analogs.reshape(frames, -1)], axis=1)
    if scale < 0:
        return _reals(data.ravel(), processor)
    words = np.round(data).astype(np.int64).astype(np.uint16)
    return words.astype(">u2" if processor == "mips" else "<u2").tobytes()
