"""Muscles that nobody measured, by static optimisation, and how far a model that learned from EMG agrees.

python examples/simulate_muscles.py walk.mot
"""

import sys
from pathlib import Path

import numpy as np

from myoshift import Predictor, read_motion, simulate_recording
from myoshift.simulate import table
from myoshift.simulate.columns import activations

motion = Path((*sys.argv[1:], "walk.mot")[0])
simulated = activations(simulate_recording(read_motion(motion, 100.0), table.load()))
predictor = Predictor.load()
predicted, names = predictor.muscles(read_motion(motion, predictor.problem.rate))
every = round(100.0 / predictor.problem.rate)
for name in ("soleus_r", "tibant_r", "recfem_r"):
    optimum, learned = simulated.column(name)[::every], predicted[:, names.index(name)]
    count = min(len(optimum), len(learned))
    print(f"{name}: r = {np.corrcoef(optimum[:count], learned[:count])[0, 1]:.2f}")
