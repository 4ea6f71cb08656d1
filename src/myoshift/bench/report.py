"""The report: one offline HTML page that is a query of `results.parquet`, with the curves and splits of the runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from myoshift import __version__
from myoshift.bench import committed, figures, folds, results, stats
from myoshift.bench.runs import Folder, run_folder
from myoshift.bench.spec import Benchmark
from myoshift.errors import DataFormatError

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
    "few_shot": "A few labelled seconds of a new person",
}


@dataclass(frozen=True)
class Written:
    """What the folder of a benchmark holds."""

    out: Path

    @cached_property
    def plan(self) -> dict[str, Any]:
        """`benchmark.json`: the benchmark as it was run."""
        file = self.out / "benchmark.json"
        try:
            return dict(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            mend = "name a folder that `myoshift bench` has written"
            raise DataFormatError("no benchmark here", where=file, why=str(error), mend=mend) from error

    @cached_property
    def spec(self) -> Benchmark:
        """The benchmark."""
        return Benchmark.model_validate(self.plan["spec"])

    @cached_property
    def results(self) -> pd.DataFrame:
        """The view of all scores."""
        return results.read(self.out)

    @cached_property
    def leaderboard(self) -> pd.DataFrame:
        """One row per method and section."""
        return stats.leaderboard(self.results, self.spec)

    def runs(self, **wanted: object) -> list[tuple[dict[str, Any], Folder]]:
        """Planned runs with these properties, and their folders."""
        chosen = (run for run in self.plan["runs"] if all(run[key] == value for key, value in wanted.items()))
        return [(run, run_folder(self.out, run["run"])) for run in chosen]


def write_leaderboard(written: Written) -> Path:
    """`leaderboard.csv` of a benchmark's folder."""
    path = written.out / "leaderboard.csv"
    results.write_csv(path, written.leaderboard)
    return path


def write_report(benchmarks: Sequence[Written], page: Path | None = None) -> Path:
    """The HTML page of one or several benchmarks.

    Parameters
    ----------
    benchmarks : what `myoshift bench` has written
    page : the file to write; `report.html` in the first folder when None

    Raises
    ------
    DataFormatError
        When a folder holds no benchmark or no results.
    """
    target = page or benchmarks[0].out / "report.html"
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {"number": number, "signed": signed, "milliseconds": milliseconds, "words": words}
    environment.filters |= {"sample": stats.sample, "to": to}
    template = environment.from_string(resources.files(__package__).joinpath("template.html").read_text("utf-8"))
    text = template.render(benchmarks=[_benchmark(written) for written in benchmarks], version=__version__)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    return target


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


def _benchmark(written: Written) -> dict[str, Any]:
    """All that the page says about one benchmark."""
    spec, splits, table = written.spec, folds.read(written.out), written.results
    people = table[stats.PERSON].drop_duplicates()
    return {
        "name": spec.name,
        "digest": written.plan["digest"],
        "spec": spec,
        "people": len(people),
        "institutions": sorted(set(people["institution"])),
        "planned": len(written.plan["runs"]),
        "done": table["run"].nunique(),
        "failed": _failed(written),
        "headlines": _headlines(written),
        "sections": _sections(written, splits),
        "checks": stats.ensemble_checks(table, spec).to_dict("records"),
        "matrices": _matrices(written),
        "overlays": _overlays(written),
        "splits": splits,
        "masked": _once(masked for each in splits.values() for split in each for masked in split["masked"]),
        "committed": committed.told(written.out),
        "synthetic": _different(splits, "synthetic"),
        "without_twin": _different(splits, "without_twin"),
    }


def _failed(written: Written) -> list[dict[str, Any]]:
    failed = [(run, folder.error()) for run, folder in written.runs() if folder.state() == "error"]
    return [{**run, "error": error.strip().splitlines()[-1]} for run, error in failed]


def _headlines(written: Written) -> list[dict[str, Any]]:
    """For each condition of the first protocol, the rows that a reader looks for first: best, and best baseline."""
    board, label = written.leaderboard, written.spec.protocols[0].label
    found = []
    for _, rows in board[(board["protocol"] == label) & board["r"].notna()].groupby("condition", sort=False):
        best = rows.sort_values("r", ascending=False).iloc[0]
        found.append({"title": _title(written.spec, label), **best})
    return found


def _sections(written: Written, splits: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The leaderboards, protocol by protocol in the order of the benchmark."""
    parts = stats.sections(written.results, written.spec)
    strange = {name: sorted({said for fold in each for said in fold["unfamiliar"]}) for name, each in splits.items()}
    return [
        {**_section(written, section, part), "unfamiliar": strange.get(section.protocol, [])}
        for section, part in parts
    ]


def _section(written: Written, section: stats.Section, part: pd.DataFrame) -> dict[str, Any]:
    board = written.leaderboard
    chosen = board[(board[stats.SECTION] == list(vars(section).values())).all(axis=1)]
    limits = ["r_hierarchical_low", "r_hierarchical_high", "r_low", "r_high", "r", "r_institution"]
    scale = figures.Scale.around(list(chosen[chosen["method"] != "constant"][limits].to_numpy(float).ravel()))
    groups = [
        {"access": access, "rows": rows.to_dict("records")} for access, rows in chosen.groupby("access", sort=False)
    ]
    muscles = stats.muscles(part, written.spec)
    return {
        **vars(section),
        "title": _title(written.spec, section.protocol),
        "groups": groups,
        "unit": " or ".join(sorted({unit.partition(":")[0] for unit in part["amplitude_reference"]})),
        "scale": scale,
        "places": _places(part, written.spec),
        "muscles": muscles.loc[list(chosen["method"])],
        "counts": muscles.loc["people"],
    }


def _title(spec: Benchmark, label: str) -> str:
    """A protocol in words: `From squat to stoop`, `A few labelled seconds of a new person, seconds 1.1`."""
    protocol = spec.protocol(label)
    source, target = (str(protocol.settings.get(end, "")) for end in ("source", "target"))
    if source:
        return f"Within {source}" if source == target else f"From {source} to {target}"
    settings = "".join(f", {key} {value}" for key, value in protocol.settings.items() if key != "condition")
    return TITLES.get(protocol.name, label) + settings


def _places(part: pd.DataFrame, spec: Benchmark) -> dict[str, dict[str, float]]:
    """Mean r of each method in each institution."""
    people = stats.over_seeds(stats.by_person(part, "r", spec.primary))
    means = people.groupby(level="institution").mean()
    return {str(method): {str(k): float(v) for k, v in means[method].items()} for method in means.columns}


def _matrices(written: Written) -> list[dict[str, Any]]:
    """Source by target, for every method of `single_real`."""
    found = []
    for section, part in stats.sections(written.results, written.spec):
        if section.protocol.startswith("single_real"):
            for method in sorted(set(part["method"]) - {"constant"}):
                table = stats.matrix(part, method, written.spec)
                found.append({"method": method, "condition": section.condition, "table": table})
    return found


def _overlays(written: Written) -> list[dict[str, Any]]:
    """In each institution and condition of the first protocol, the person whose score is the median one."""
    first, table = written.spec.protocols[0].label, written.results
    found = []
    for section, part in stats.sections(table[table["protocol"] == first], written.spec):
        methods = _shown(written, first)
        people = stats.over_seeds(stats.by_person(part, "r", written.spec.primary))
        for institution, rows in people.groupby(level="institution"):
            scores = rows[methods[0]].dropna().sort_values()
            if scores.empty:
                continue
            person = scores.index[len(scores) // 2][1]
            panels = _panels(written, first, section.condition, person, methods)
            if not panels:
                continue
            found.append(
                {
                    "institution": institution,
                    "condition": section.condition,
                    "person": person,
                    "methods": methods,
                    "r": [float(rows[method].xs(person, level="subject").iloc[0]) for method in methods],
                    "figure": figures.overlay(panels),
                }
            )
    return found


def _shown(written: Written, protocol: str) -> list[str]:
    """The methods that are drawn, those that have scores; the benchmark's last one that has where they have none."""
    board = written.leaderboard
    there = set(board[board["protocol"] == protocol]["method"])
    last = [method.label for method in written.spec.methods if method.label in there][-1:]
    return [method for method in committed.drawn(written.spec) if method in there] or last


def _panels(
    written: Written, protocol: str, condition: str, person: str, methods: Sequence[str]
) -> list[figures.Panel]:
    """Curves of one person, the side with more muscles, from the runs of the first seed; none when those failed."""
    tables: dict[str, pd.DataFrame] = {}
    for method in methods:
        for _, folder in written.runs(protocol=protocol, method=method, seed=0):
            if folder.state() == "done" and folder.curves.is_file():
                curves = pd.read_parquet(folder.curves)
                own = curves[(curves["subject"] == person) & (curves["condition"] == condition)]
                tables |= {method: own} if len(own) else {}
    if methods[0] not in tables:
        return []
    lead = tables[methods[0]]
    side = lead["side"].value_counts().index[0]
    panels = []
    for _, row in lead[lead["side"] == side].iterrows():
        same = [t[(t["side"] == side) & (t["muscle"] == row["muscle"])]["predicted"] for t in tables.values()]
        predicted = tuple(np.asarray(values.iloc[0], float) for values in same if len(values))
        title, measured = words(row["muscle"]), np.asarray(row["measured"], float)
        panels.append(figures.Panel(title, float(row["rate"]), measured, predicted))
    return panels


def _different(splits: dict[str, list[dict[str, Any]]], name: str) -> list[str]:
    """Everything that some fold says under a name."""
    return sorted({said for each in splits.values() for split in each for said in split[name]})


def _once(masked: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Every masked channel once, though several folds share it."""
    return list({(each["recording"], each["channel"]): each for each in masked}.values())
