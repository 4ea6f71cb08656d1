"""Numbers and names as the page prints them."""

from __future__ import annotations

import numpy as np

from myoshift.bench import stats
from myoshift.bench.spec import Benchmark

TITLES = {
    "leave_one_domain_out": "A new institution",
    "single_real": "One institution to another",
    "pooled_real": "New people, institutions pooled",
    "leave_one_subject_out": "New people of the same institution",
    "leave_one_session_out": "Another session of known people",
    "human_human": "One person as the model of another",
    "synthetic_only": "No measurement at all",
    "synthetic_tuned": "No measurement, constants chosen by source laboratories",
    "synthetic_plus_real": "Simulated beside measured laboratories",
}


def number(value: float, digits: int = 3) -> str:
    """A number for a table, a dash for NaN."""
    return "–" if not np.isfinite(value) else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float) -> str:
    """A difference, with its sign."""
    return "–" if not np.isfinite(value) else f"{value:+.3f}".replace("-", "−")


def to(low: float, high: float, digits: str = ".2f") -> str:
    """An interval from `low` to `high`, empty where there is none."""
    return stats.bracket(low, high, digits).replace("-", "−")


def milliseconds(value: float) -> str:
    """Seconds as milliseconds, with the sign."""
    return "–" if not np.isfinite(value) else f"{round(1000 * value) + 0:+d} ms".replace("-", "−")


def words(name: str) -> str:
    """`tibialis_anterior` as words."""
    return name.replace("_", " ")


def title(spec: Benchmark, label: str) -> str:
    """A protocol in words: `From squat to stoop`, `A new person with 1.1 labelled seconds`."""
    protocol = spec.protocol(label)
    source, target = (str(protocol.settings.get(end, "")) for end in ("source", "target"))
    if source:
        return f"Within {source}" if source == target else f"From {source} to {target}"
    given = next((key for key in ("seconds", "strides") if protocol.settings.get(key)), "")
    others = {key: value for key, value in protocol.settings.items() if key not in {"condition", given}}
    settings = "".join(f", {words(key)} {words(str(value))}" for key, value in others.items())
    if given:
        return f"A new person with {protocol.settings[given]:g} labelled {given}{settings}".replace(
            " 1 labelled strides", " 1 labelled stride"
        )
    return TITLES.get(protocol.name, label) + settings
