"""A motion file in, muscle activation out, by the model that comes with the package.

python examples/predict_walk.py walk.mot activation.sto
"""

import sys
from pathlib import Path

from myoshift import Predictor, predict_file, write_sto

motion, out = (Path(name) for name in (*sys.argv[1:], "walk.mot", "activation.sto")[:2])
predictor = Predictor.load()
table = predict_file(predictor, motion)
write_sto(out, table)
for flag in table.flags:  # what is missing, what is unlike the motion that the model learned from
    print(f"{flag.code}: {flag.message}")
strongest = table.values.max(axis=0).argsort()[::-1][:3]
print(f"{out}: {len(table.names)} muscles, strongest {', '.join(table.names[k] for k in strongest)}")
