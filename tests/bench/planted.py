"""Evidence and cases in which the right candidate is known, because they were made that way."""

from __future__ import annotations

import numpy as np

from bench import toys
from myoshift.bench.evidence import Evidence, Labelled, Seen
from myoshift.bench.selectors import Case
from myoshift.bench.typical import typical

OUTPUTS = ("tibialis_anterior", "gastrocnemius", "soleus")
FRAMES, RATE = 400, 50.0


def truth(seed=0, frames=FRAMES):
    """(T, 3) smooth activations between 0 and 1."""
    phases = np.random.default_rng(seed).uniform(0, 6, 3)
    return 0.5 + 0.45 * np.sin(np.arange(frames)[:, None] / 9 + phases)


def noisy(activation, amount, seed=1):
    return activation + amount * np.random.default_rng(seed).normal(size=activation.shape)


def seen(predicted, features=None):
    frames = len(predicted)
    person = np.repeat([0, 1], [frames // 2, frames - frames // 2])
    return Seen(
        people=("south/a", "south/b"),
        person=person,
        motion=np.zeros((frames, 3)),
        predicted=predicted,
        change=np.gradient(predicted, 1 / RATE, axis=0),
        features=np.zeros((frames, 1)) if features is None else features,
    )


def labelled(predicted, measured, features=None):
    part = seen(predicted, features)
    with np.errstate(invalid="ignore"):
        r = [
            [np.nan_to_num(np.corrcoef(predicted[own, m], measured[own, m])[0, 1]) for m in range(3)]
            for own in (part.person == 0, part.person == 1)
        ]
    return Labelled(**vars(part), measured=measured, r=np.array(r), seconds=len(predicted) / RATE)


def evidence(validation=None, target=None, *, calibration=None, learned=False):
    right = truth()
    return Evidence(
        outputs=OUTPUTS,
        primary=(0, 1),
        validation=validation or labelled(right, right),
        target={"level walking": target or seen(truth(7))},
        typical=typical(toys.cohort().labelled(), toys.benchmark()),
        calibration=calibration,
        learned=learned,
    )


def case(elsewhere=None, **candidates):
    """A case of candidates given as one piece of evidence, or one for each seed."""
    found = {name: own if isinstance(own, tuple) else (own,) for name, own in candidates.items()}
    extra = {} if elsewhere is None else {"elsewhere": elsewhere}
    return Case(condition="level walking", candidates=tuple(found), evidence=found, **extra)


def best(scores):
    return scores.idxmax()
