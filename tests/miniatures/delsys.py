"""Text exports of Trigno sensors, as EMGworks and as Discover write them."""

from __future__ import annotations

import numpy as np

EMG_RATE, IMU_RATE = 1925.926, 148.1481


def streams(seconds=0.5):
    """(label, rate, values) of two EMG channels and one axis of an accelerometer."""
    random = np.random.default_rng(6)
    return [
        ("R TIB: EMG 1", EMG_RATE, random.normal(0, 1e-4, int(seconds * EMG_RATE))),
        ("R TIB: ACC X 1", IMU_RATE, random.normal(0, 1, int(seconds * IMU_RATE))),
        ("L SOL: EMG 2", EMG_RATE, random.normal(0, 1e-4, int(seconds * EMG_RATE))),
    ]


UNITS = {"EMG": "V", "ACC": "g"}


def unit(label):
    return UNITS[label.split(": ")[1][:3]]


def body(found, mark=",", lost=()):
    """Rows of time and value; `lost` are (row, channel) whose value is blank."""
    rows = []
    for k in range(max(len(values) for _, _, values in found)):
        cells = []
        for channel, (_, rate, values) in enumerate(found):
            there = k < len(values)
            cells += [f"{k / rate:.9f}" if there else "",
                      f"{values[k]:.12g}" if there and (k, channel) not in lost else ""]  # fmt: skip
        rows.append(mark.join(cells))
    return rows


def emgworks(found=None, *, above=False, units=True, mark=",", lost=(), points=0):
    """`X[s]` in front of every channel; the units in the labels or, with `above`, in lines of their own."""
    found = streams() if found is None else found
    lines = [
        f"Label: {label}  Sampling frequency: {rate:.6g} Number of points: {len(values) + points} start: 0 "
        f"Unit: {unit(label)} Domain Units: s"
        for label, rate, values in found
        if above
    ]
    labels = [f"{label} ({unit(label)})" if units and not above else label for label, _, _ in found]
    lines += [mark.join(f"X[s]{mark}{label}" for label in labels)]
    return "\n".join([*lines, *body(found, mark, lost), ""])


def discover(found=None, *, markers=False):
    """Eight lines of words; labels that repeat for every sensor."""
    found = streams() if found is None else found
    seconds = max(len(values) / rate for _, rate, values in found)
    names = [f"Avanti Sensor {k} (7592{k})" for k in range(len(found))]
    lines = [
        "Application:,Trigno Discover (1.7.0)",
        "Date/Time:,2024-05-06",
        f"Collection Length (seconds):,{seconds:.2g}",
    ]
    lines += [",".join(f"{name}," for name in names), ",".join("sensor mode: 50," for _ in names)]
    kinds = ["EMG 1" if unit(label) == "V" else "ACC X" for label, _, _ in found]
    written = ["mV" if kind == "EMG 1" else "G" for kind in kinds]
    lines.append(",".join(f"{kind} Time Series (s),{kind} ({u})" for kind, u in zip(kinds, written, strict=True)))
    lines.append(",".join(f",{rate:.8g} Hz" for _, rate, _ in found))
    lines.append(",".join(f",{1 / rate:.6g} s" for _, rate, _ in found) + (",Type,Name" if markers else ""))
    rows = body(found)
    if markers:
        rows = [row + (",General,start" if k == 3 else ",,") for k, row in enumerate(rows)]
    return "\n".join([*lines, *rows, ""])
