"""A few seconds of EMG make a model one person's own.

    python examples/calibrate_person.py gait.mot gait_emg.sto

The EMG file has a column for each site and side (`soleus_r`), here envelopes in any unit; both files have one clock.
"""

import sys
from pathlib import Path

from myoshift import Predictor, Stated, calibrate, read_pairs

files = [Path(name) for name in sys.argv[1:] or ("gait.mot", "gait_emg.sto")]
predictor = Predictor.load()
pairs = read_pairs(files, Stated(emg_kind="envelope"), predictor.problem.rate)
found = calibrate(predictor, [recording for recording, _ in pairs])
for channel in found.channels:
    print(f"{channel.channel}: {channel.status} {'; '.join(channel.reasons)}")
for fit in found.fits:
    print(f"{fit.channel}: r {fit.r:.2f} before, {fit.r_after:.2f} after, on the calibration itself")
found.predictor.save(Path("own-model"))
