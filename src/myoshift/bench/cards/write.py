"""The cards of a benchmark: of its data sets, its methods, and the models that it would draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pandas as pd

from myoshift.bench import folds, stats
from myoshift.bench.cards.domain import domain_card, imported_card
from myoshift.bench.cards.method import method_card
from myoshift.bench.cards.model import model_card
from myoshift.bench.cards.page import html, to_json
from myoshift.bench.report import Written
from myoshift.bench.runs import model_folder
from myoshift.predictor.card import Card, markdown


def write_cards(
    written: Written,
    folder: Path,
    *,
    data: Path | None = None,
    toy: Callable[[str], str] = lambda name: "",
) -> list[Path]:
    """Write every card as `<kind>-<name>.html`, `.md` and `.json`; the pages, in order.

    Parameters
    ----------
    folder : made when it is not there
    data : folder of the data sets; what is not there is described by its facts alone
    toy : what a method gained on the toy shift that it is meant for, in words
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for card in cards(written, data, toy):
        stem = f"{card.kind}-{re.sub(r'[^A-Za-z0-9._-]+', '_', card.name)[:80]}"
        for suffix, text in ((".html", html(card)), (".md", markdown(card)), (".json", to_json(card))):
            (folder / f"{stem}{suffix}").write_text(text, encoding="utf-8")
        pages.append(folder / f"{stem}.html")
    return pages


def cards(written: Written, data: Path | None, toy: Callable[[str], str]) -> Iterator[Card]:
    """Data sets, methods, models of a benchmark."""
    units, masked = _as_used(written)
    for name in written.spec.datasets:
        here = [each for each in masked if each.startswith(f"{name}/")]
        yield domain_card(name, data=data, units=units.get(name, ()), masked=here)
    for path in written.spec.domains:
        yield imported_card(path, units=units, masked=masked)
    board = written.leaderboard
    labels: dict[str, list[str]] = {method.name: [] for method in written.spec.methods}
    for method in written.spec.methods:
        labels[method.name].append(method.label)
    for name, own in labels.items():
        yield method_card(name, toy=toy(name), board=board[board["method"].isin(own)])
    yield from _models(written)


def _as_used(written: Written) -> tuple[dict[str, list[str]], list[str]]:
    """Amplitude units of the tested recordings by data set, and the masked channels with the reason."""
    units: dict[str, set[str]] = {}
    masked: set[str] = set()
    for fold in chain(*folds.read(written.out).values()):
        masked |= {f"{each['recording']}, {each['channel']}: {each['why']}" for each in fold["masked"]}
        for each in fold["tested"]:
            units.setdefault(str(each["recording"]).partition("/")[0], set()).add(str(each["unit"]))
    return {name: sorted(found - {""}) for name, found in units.items()}, sorted(masked)


def _models(written: Written) -> Iterator[Card]:
    """The models of the first protocol and seed: of the last method that has scores, and of the reference."""
    first = written.spec.protocols[0].label
    there = set(written.results.loc[written.results["protocol"] == first, "method"])
    last = [method.label for method in written.spec.methods if method.label in there][-1:]
    scores = _by_run(written)
    for label in dict.fromkeys([*last, *({written.spec.reference} & there)]):
        for run, _ in written.runs(protocol=first, method=label, seed=0):
            folder = model_folder(written.out, run["model"])
            if folder.is_dir():
                own = [(each["protocol"], each["fold"], scores[each["run"]]) for each, _ in
                       written.runs(model=run["model"]) if each["run"] in scores]  # fmt: skip
                table = pd.DataFrame(own, columns=["protocol", "fold", "r"])
                yield model_card(folder, name=f"{label}, {run['fold']} held out", scores=table)


def _by_run(written: Written) -> dict[str, float]:
    """Mean r over the people of each run, primary outputs."""
    table = written.results
    return {
        str(run): float(stats.by_person(rows, "r", written.spec.primary).to_numpy().mean())
        for run, rows in table[table["scope"] == "person"].groupby("run")
    }
