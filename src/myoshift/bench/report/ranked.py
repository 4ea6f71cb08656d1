"""Mean ranks of the methods over people, and which of them are not told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from myoshift.bench import inference, stats
from myoshift.bench.inference import Ranks
from myoshift.bench.report.drawing import FIRST, MUTED, draw, heading, labels, shortened
from myoshift.bench.report.words import title
from myoshift.bench.report.written import Written

LEAST_METHODS = 3
KEYS = ("protocol", "condition", "scope", "access", "method")
Place = tuple[str, str, str, str]


def ranked(written: Written) -> dict[Place, Ranks]:
    """By protocol, condition, scope and access, the ranks of the first protocol's methods where there are three."""
    first, found = written.spec.protocols[0].label, dict[Place, Ranks]()
    for section, part in stats.sections(written.results, written.spec):
        if section.protocol != first:
            continue
        people = stats.over_seeds(stats.by_person(part, "r", written.spec.primary))
        for _, group in part.groupby(stats.ACCESS, sort=True):
            methods = sorted(set(group["method"]))
            place = (section.protocol, section.condition, section.scope, stats.access_label(group))
            found[place] = inference.ranks(people[methods])
    return {place: ranks for place, ranks in found.items() if len(ranks.mean) >= LEAST_METHODS and ranks.people > 1}


def table(found: dict[Place, Ranks]) -> pd.DataFrame:
    """One row per method: its mean rank, and what it takes to tell two of them apart."""
    rows = [
        {
            **dict(zip(KEYS, (*place, method), strict=True)),
            "mean_rank": rank,
            "critical_difference": ranks.critical_difference,
            "friedman_p": ranks.friedman,
            "people": ranks.people,
            "institutions": ranks.institutions,
        }
        for place, ranks in found.items()
        for method, rank in ranks.mean.items()
    ]
    return pd.DataFrame(rows)


def figures(written: Written, found: dict[Place, Ranks]) -> list[Markup]:
    """A critical-difference diagram of each (Demsar 2006), turned on its side so that long names have room."""
    return [_diagram(f"{title(written.spec, place[0])}, {place[1]}", ranks) for place, ranks in found.items()]


def _diagram(name: str, ranks: Ranks) -> Markup:
    methods = list(ranks.mean.index)

    def paint(axes: Axes) -> None:
        height = np.arange(len(methods))
        axes.plot(ranks.mean.to_numpy(float), height, "o", color=FIRST, markersize=4.5)
        step = 0.035 * float(np.ptp(ranks.mean) or 1.0)
        for index, clique in enumerate(ranks.cliques):
            ends = [methods.index(clique[0]), methods.index(clique[-1])]
            axes.plot([float(ranks.mean.max()) + step * (index + 1)] * 2, ends, color=MUTED, linewidth=2.4)
        axes.set_yticks(height, labels=[shortened(str(method), 30) for method in methods])
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.grid(axis="x", color=MUTED, alpha=0.25, linewidth=0.5)
        heading(axes, name)
        labels(axes, "mean rank over people, 1 is best")

    said = f"{name}: mean ranks; methods that share a grey bar are not told apart; the values are in the table below"
    return draw(paint, said, width=4.6, height=1.1 + 0.2 * len(methods))
