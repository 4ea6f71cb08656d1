"""Muscles while somebody moves: one frame in, one row out, in constant time and memory.

    python examples/live_walk.py walk.mot

`myoshift stream` does this for files and Lab Streaming Layer, with jitter and lost samples taken care of.
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from myoshift import Live, Predictor, read_motion
from myoshift.predictor import shipped

motion = Path((*sys.argv[1:], "walk.mot")[0])
predictor = Predictor.load(shipped.folder(causal=True))
recording = read_motion(motion, predictor.problem.rate)
live = Live(predictor, recording.motion_names)
rows, spent = [], []
for frame in recording.motion:
    start = perf_counter()
    rows.append(live.step(frame))
    spent.append(perf_counter() - start)
rows.extend(live.finish())
print(f"{len(rows)} rows of {len(live.names)} muscles, {1000 * live.latency:g} ms behind the motion")
print(f"a step takes {1e6 * float(np.median(spent)):.0f} us (median)")
