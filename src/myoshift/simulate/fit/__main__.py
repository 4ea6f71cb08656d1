"""`python -m myoshift.simulate.fit`: make the embedded model again (`sim` extra)."""

import warnings
from importlib.metadata import version
from pathlib import Path

from myoshift.simulate import table
from myoshift.simulate.fit.embedded import embedded_model, held_out

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # MuJoCo's, of how MyoLegs is put together
    model = embedded_model()
    about = {
        "source": f"MyoLegs of myo-sim {version('myo-sim')} (Apache-2.0); trunk and arms of Dumas et al. (2007)",
        "made by": "python -m myoshift.simulate.fit",
        "held-out error": held_out(model),
    }
table.save(model, Path(table.__file__).parent / "tables" / "embedded.json", about)
