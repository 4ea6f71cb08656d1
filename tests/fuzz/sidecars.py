"""BIDS recordings one of whose sidecars, or whose table of motion, is damaged."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fuzz.mutant import Mutant, pick
from miniatures.bids import EMG_JSON, STEM, channels, write_emg, write_motion
from myoshift import formats
from myoshift.errors import DataRefused

EMG = f"sub-01/ses-a/emg/{STEM}_"
CELLS = ("", "n/a", "x", "-1", "nan", "1e999", "EMG", "uV", "deg", "EMG0", "..", "\u0663", "0.2", "2000")


@dataclass(frozen=True)
class Sidecar:
    """One file of a recording as bytes, and what the recording then holds."""

    data: bytes
    facts: tuple


def read_beside(name, write, read):
    """Read a whole recording in which the file `name` is the damaged one; errors name the damaged file then."""

    def here(path):
        with tempfile.TemporaryDirectory() as folder:
            recording = write(Path(folder))
            home = Path(folder, name) if name else recording
            home.write_bytes(path.read_bytes())
            try:
                return read(recording)
            except DataRefused as error:
                where = f"{path}, {error.where}"
                raise type(error)(error.what, where=where, why=error.why, mend=error.mend) from error

    return here


def cell(original, random):
    lines = original.data.decode().split("\n")
    k = int(random.integers(0, len(lines) - 1))
    cells = lines[k].split("\t")
    cells[int(random.integers(0, len(cells)))] = pick(random, CELLS)
    lines[k] = "\t".join(cells)
    changed = "\n".join(lines).encode()
    return Mutant(changed, "a cell", original.facts)


def line(original, random):
    lines = original.data.decode().split("\n")
    k = int(random.integers(0, len(lines) - 1))
    lines = lines[:k] + lines[k + 1 :] if random.random() < 0.5 else [*lines[: k + 1], *lines[k:]]
    data = "\n".join(lines).encode()
    return Mutant(data, "a line", plain_motion(data))


def value(original, random):
    content = json.loads(original.data)
    key = pick(random, tuple(content))
    content[key] = pick(random, (None, 0, -1, 1e300, "x", [], {}, True, 1999, "2000", float("nan")))
    return Mutant(json.dumps(content).encode(), f"{key} = {content[key]!r}")


def plain_motion(data):
    """Rows and rate of two channels of motion whose latencies are regular; None otherwise."""
    try:
        text = data.decode().replace("n/a", "nan")
        rows = [[float(each) for each in row.split("\t")] for row in text.split("\n") if row]
        time = [row[2] for row in rows]
        if any(len(row) != 3 for row in rows):
            return None
        if len(rows) == 1:
            return ((1, 100.0),) * 2
        return ((len(rows), (len(rows) - 1) / (time[-1] - time[0])),) * 2
    except (ValueError, IndexError, ZeroDivisionError):
        return None


def motion():
    with tempfile.TemporaryDirectory() as folder:
        return write_motion(Path(folder))[0].read_bytes()


EMG_FACTS = ((40, 200.0), (400, 2000.0), (400, 2000.0))
TSV = (Sidecar(channels().encode(), EMG_FACTS),)
JSON = (Sidecar(json.dumps(EMG_JSON).encode(), EMG_FACTS),)
MOTION = (Sidecar(motion(), ((20, 100.0), (20, 100.0))),)
READ_TSV = read_beside(f"{EMG}channels.tsv", write_emg, formats.read_bids)
READ_JSON = read_beside(f"{EMG}emg.json", write_emg, formats.read_bids)
READ_MOTION = read_beside("", lambda folder: write_motion(folder)[0], formats.read_bids_motion)
