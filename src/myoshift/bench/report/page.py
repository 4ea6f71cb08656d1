"""The report: one offline HTML page that is a query of `results.parquet`, with the curves and splits of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from myoshift import __version__
from myoshift.bench import stats
from myoshift.bench.report import boards, overlays, splits
from myoshift.bench.report.words import milliseconds, number, signed, to, words
from myoshift.bench.report.written import Written


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
    template = _environment().get_template("page.html")
    text = template.render(benchmarks=[_benchmark(written) for written in benchmarks], version=__version__)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
    return target


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"number": number, "signed": signed, "milliseconds": milliseconds, "words": words}
    environment.filters |= {"sample": stats.sample, "to": to}
    return environment


def _benchmark(written: Written) -> dict[str, Any]:
    """All that the page says about one benchmark."""
    spec, folds, table = written.spec, splits.by_protocol(written), written.results
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
        "headlines": boards.headlines(written),
        "sections": boards.sections(written, folds),
        "checks": stats.ensemble_checks(table, spec).to_dict("records"),
        "matrices": boards.matrices(written),
        "overlays": overlays.overlays(written),
        **splits.facts(folds),
    }


def _failed(written: Written) -> list[dict[str, Any]]:
    failed = [(run, folder.error()) for run, folder in written.runs() if folder.state() == "error"]
    return [{**run, "error": error.strip().splitlines()[-1]} for run, error in failed]
