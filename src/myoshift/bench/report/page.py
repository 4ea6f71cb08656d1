"""The report: one offline HTML page that is a query of `results.parquet`, with the curves and splits of the runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from myoshift import __version__
from myoshift.bench import committed, stats
from myoshift.bench.report import boards, compare, extras, lags, learning, limits, overlays, shots, splits
from myoshift.bench.report.drawing import SERIES
from myoshift.bench.report.provenance import NOT_GIVEN, provenance
from myoshift.bench.report.summary import summary
from myoshift.bench.report.synergies import synergies
from myoshift.bench.report.tables import named
from myoshift.bench.report.words import milliseconds, number, signed, title, to, words
from myoshift.bench.report.written import Written
from myoshift.bench.runs import run_folder

MOST_BYTES = 2_800_000
"""Size above which a page leaves out what it can."""


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
    content = {"benchmarks": [_benchmark(written) for written in benchmarks]}
    return _write("page.html", content, page or benchmarks[0].out / "report.html")


def write_comparison(benchmarks: Sequence[Written], page: Path | None = None) -> Path:
    """The HTML page that sets the common tests of two or more benchmarks side by side.

    Parameters
    ----------
    page : the file to write; `compared.html` in the first folder when None

    Raises
    ------
    ConfigError
        When there are fewer than two benchmarks, or they have no test in common.
    DataFormatError
        When a folder holds no benchmark or no results.
    """
    content = {"sides": compare.sides(benchmarks), "compared": compare.compare(benchmarks)}
    return _write("compare.html", content, page or benchmarks[0].out / "compared.html")


def _write(template: str, content: dict[str, Any], target: Path) -> Path:
    """Write a page, whole or not at all."""
    text = _render(template, content)
    if len(text.encode()) > MOST_BYTES:
        text = _render(template, {**content, "slim": True})
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    return target


def _render(template: str, content: dict[str, Any]) -> str:
    """A page; a slim one has no LaTeX to take along."""
    text = _environment(slim=content.get("slim", False)).get_template(template).render(**content, version=__version__)
    return re.sub(r"\n\s+", "\n", text)


def _environment(*, slim: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"number": number, "signed": signed, "milliseconds": milliseconds, "words": words}
    environment.filters |= {"sample": stats.sample, "to": to, "named": named}
    environment.globals |= {"colours": len(SERIES), "not_given": NOT_GIVEN, "slim": slim}
    return environment


def _benchmark(written: Written) -> dict[str, Any]:
    """All that the page says about one benchmark."""
    spec, folds, table = written.spec, splits.by_protocol(written), written.results
    people = table[stats.PERSON].drop_duplicates()
    drawn = overlays.shown(written, spec.protocols[0].label)
    best = overlays.best(written, spec.protocols[0].label)
    panels = overlays.overlays(written, drawn)
    return {
        "name": spec.name,
        "digest": written.plan["digest"],
        "spec": spec,
        "people": len(people),
        "institutions": sorted(set(people["institution"])),
        "planned": len(written.plan["runs"]),
        "done": table["run"].nunique(),
        "adopted": _adopted(written),
        "committed": committed.told(written.out),
        "failed": _failed(written),
        "left_out": _left_out(written),
        "summary": summary(written),
        "sections": boards.sections(written, folds),
        "checks": stats.ensemble_checks(table, spec).to_dict("records"),
        "matrices": boards.matrices(written),
        "shots": shots.shots(written),
        "learning": learning.learning(written),
        "phases": learning.phases(written, best),
        "overlays": panels,
        "banded": any(each["banded"] for each in panels),
        "lags": lags.lags(written, best),
        "synergies": synergies(written),
        "extras": extras.extras(written),
        "provenance": provenance(written, folds),
        "limits": limits.limits(written, folds),
        **splits.facts(folds),
    }


def _failed(written: Written) -> list[dict[str, Any]]:
    failed = [(run, folder.error()) for run, folder in written.runs() if folder.state() == "error"]
    return [{**run, "error": error.strip().splitlines()[-1]} for run, error in failed]


def _adopted(written: Written) -> int:
    """Runs that have scores in the view, but no folder."""
    return sum(not run_folder(written.out, run).path.is_dir() for run in written.results["run"].unique())


def _left_out(written: Written) -> list[dict[str, str]]:
    """What was left out and why, protocols in words."""
    return [{**each, "title": title(written.spec, each["protocol"])} for each in written.plan.get("left_out", [])]
