"""`python -m perf.latency [--frames N] [--model DIR]`: how long single frames of a stream take, and LSL with them.

For each frame, milliseconds of this process's processor time and of the clock on the wall, from a sample in hand to
its row of muscles. Through LSL, from the time stamp with which a frame leaves the sender to the time at which its row
has come back through a second stream: both streams are on this machine, the sender is another process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from myoshift.deploy.clocked import Clocked
from myoshift.deploy.live import Live
from myoshift.predictor import Predictor
from perf.cases.stream import COORDINATES, RATE, causal, samples
from perf.report import machine

SHARES = (0.5, 0.9, 0.99, 0.999)
WARM = 200
"""Frames that are not counted."""


def computing(predictor: Predictor, frames: int) -> dict[str, np.ndarray]:
    """Seconds of each frame by either clock; frames of the model's rate, samples at 100 Hz."""
    clocks: dict[str, Callable[[], float]] = {"processor": time.process_time, "wall": time.perf_counter}
    taken = {}
    for name, clock in clocks.items():
        clocked, live = Clocked(predictor.problem.rate, len(COORDINATES), RATE), Live(predictor, COORDINATES)
        spent = []
        for t, values in zip(*samples(frames + WARM), strict=True):
            start = clock()
            for _, frame in clocked.take(t, values):
                live.step(frame.astype(np.float32))
                spent.append(clock() - start)
                start = clock()
        taken[name] = np.array(spent[WARM:])
    return taken


def loopback(model: Path, seconds: float) -> np.ndarray:
    """Seconds from the stamp of a frame to the arrival of its row, through two LSL streams on this machine."""
    import pylsl

    sender = subprocess.Popen([sys.executable, "-m", "perf.latency", "--send"])
    command = "from myoshift.cli.main import main; main()"
    line = ["stream", "--model", str(model), "--lsl", "perf-motion", "--out-lsl", "perf-muscles", "--cutoff", "0"]
    stream = subprocess.Popen(
        [sys.executable, "-c", command, *line, "--seconds", str(seconds + 2), "--timeout", "60"]
    )
    ages = []
    try:
        (info,) = pylsl.resolve_byprop("name", "perf-muscles", timeout=60)
        inlet = pylsl.StreamInlet(info)
        while stream.poll() is None:
            _, stamp = inlet.pull_sample(timeout=1.0)
            if stamp is not None:
                ages.append(pylsl.local_clock() - stamp)
    finally:
        stream.wait(30)
        sender.terminate()
        sender.wait(30)
    return np.array(ages[2 * round(RATE) :])  # without what was sent while the stream listened to its beginning


def send() -> None:
    """Samples at 100 Hz until somebody ends this process."""
    import pylsl

    info = pylsl.StreamInfo("perf-motion", "kinematics", len(COORDINATES), RATE, pylsl.cf_float32, "perf")
    listed = info.desc().append_child("channels")
    for name in COORDINATES:
        listed.append_child("channel").append_child_value("label", name).append_child_value("unit", "rad")
    outlet, begin = pylsl.StreamOutlet(info), pylsl.local_clock()
    _, motion = samples(100_000)
    for k, values in enumerate(motion):
        due = begin + k / RATE
        time.sleep(max(0.0, due - pylsl.local_clock()))
        outlet.push_sample(values.tolist(), due)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="perf.latency", description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--model", type=Path, help="a causal model at 100 Hz (default: a TCN of one training step)")
    parser.add_argument("--lsl", type=float, default=0.0, help="seconds of LSL, 0 for none")
    parser.add_argument("--send", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.send:
        send()
        return
    torch.set_num_threads(1)
    predictor = Predictor.load(asked.model) if asked.model else causal()
    print(machine())
    print(f"{asked.frames:,} samples at {RATE:g} Hz, model at {predictor.problem.rate:g} Hz; ms")
    print(f"{'':24}" + "".join(f"{f'{100 * share:g} %':>9}" for share in SHARES))
    for name, seconds in computing(predictor, asked.frames).items():
        _show(f"computing, {name}", seconds)
    if asked.lsl:
        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("LSLAPICFG", _alone(Path(folder)))
            predictor.save(Path(folder) / "model")
            _show("LSL and back", loopback(Path(folder) / "model", asked.lsl))


def _alone(folder: Path) -> str:
    path = folder / "lsl_api.cfg"
    path.write_text("[multicast]\nResolveScope = machine\n[lab]\nKnownPeers = {127.0.0.1}\nSessionID = perf\n")
    return str(path)


def _show(name: str, seconds: np.ndarray) -> None:
    print(f"{name:24}" + "".join(f"{1000 * q:9.3f}" for q in np.quantile(seconds, SHARES)), flush=True)


if __name__ == "__main__":
    main()
