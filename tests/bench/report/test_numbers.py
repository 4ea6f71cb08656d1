"""Every number of the page is a query over `results.parquet`; most are asked again here in other words."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from myoshift.bench import decomposition, inference, report, stats

TOKEN = re.compile(r"[−+-]?\d+(?:\.\d+)?|–")
VOID = {"meta", "br", "img", "input", "hr", "link"}


class Numbers(HTMLParser):
    """(path, columns, text) of everything that is said to be a query, and the tables and cells that are not."""

    def __init__(self):
        super().__init__()
        self.stack, self.found, self.loose, self.tables = [], [], [], 0

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            self.handle_data(" ")
            return
        own = dict(attributes)
        node = {"tag": tag, "own": own, "text": [], "query": self._of("query"), "key": self._of("key")}
        if "data-q" in own:
            node["query"], node["key"] = json.loads(own["data-q"]), []
        if "data-k" in own:
            node["key"] = json.loads(own["data-k"])
        if tag == "table":
            self.tables += 1
            node["heads"], node["free"] = [], "data-from" in own
        if tag == "tr":
            node["cell"] = 0
        if tag in ("td", "th"):
            row = self._near("tr")
            node["at"], row["cell"] = row["cell"], row["cell"] + 1
        self.stack.append(node)

    def handle_data(self, data):
        for node in self.stack:
            node["text"].append(data)

    def handle_endtag(self, tag):
        while self.stack and (node := self.stack.pop())["tag"] != tag:
            pass
        self._close(node)

    def _close(self, node):
        own, text = node["own"], "".join(node["text"])
        table = self._near("table")
        if node["tag"] == "th" and table and not self._in("tbody"):
            table["heads"].append(own.get("data-c", "").split())
        elif node["tag"] == "td" and table and not table["free"]:
            columns = table["heads"][node["at"]] if node["at"] < len(table["heads"]) else []
            if columns:
                self.found.append(([*node["query"], *node["key"]], columns, text))
            elif re.search(r"\d", text) and "left" not in own.get("class", "") and "colspan" not in own:
                self.loose.append(text)
        if "data-c" in own and node["tag"] not in ("th", "td"):
            self.found.append(([*node["query"], *node["key"]], [own["data-c"]], text))
        elif "data-q" in own and node["tag"] not in ("table", "div"):
            self.found.append((node["query"][:-1], node["query"][-1:], text))

    def _of(self, name):
        return self.stack[-1][name] if self.stack else []

    def _near(self, tag):
        return next((node for node in reversed(self.stack) if node["tag"] == tag), None)

    def _in(self, tag):
        return self._near(tag) is not None


class Asked:
    """The same numbers, from the table of scores."""

    def __init__(self, written):
        self.table, self.spec, self.written = written.results, written.spec, written
        self.asked = {}
        self.rows = written.leaderboard.set_index([*stats.SECTION, "access", "method"]).sort_index()

    def of(self, path, column):
        query, *rest = path
        return getattr(self, query)(*rest, column)

    def people(self, protocol, condition, scope, method, metric, muscles, seeds=False):
        """One number per person: over sides, then muscles, then seeds."""
        key = (protocol, condition, scope, method, metric, tuple(muscles), seeds)
        if key not in self.asked:
            self.asked[key] = self._people(*key)
        return self.asked[key]

    def _people(self, protocol, condition, scope, method, metric, muscles, seeds):
        t = self.table
        t = t[(t.protocol == protocol) & (t.condition == condition) & (t.scope == scope) & (t.metric == metric)]
        t = t[t.muscle.isin(muscles)]
        where = ["institution", "subject", "side", "muscle"]
        if metric in ("r", "r_best"):
            alive = t[t.value.notna()][where].drop_duplicates().assign(alive=True)
            t = t.merge(alive, on=where, how="left")
            t.loc[t.value.isna() & t.alive.eq(True), "value"] = 0.0
        own = t[t.method == method]
        values = own.groupby(["institution", "subject", "seed", "muscle"]).value.mean()
        values = values.groupby(["institution", "subject", "seed"]).mean()
        return values if seeds else values.groupby(["institution", "subject"]).mean()

    def board(self, protocol, condition, scope, access, method, column):
        place = (protocol, condition, scope, method)
        r = self.people(*place, "r", self.spec.primary)
        if column == "r":
            return r.mean()
        places = r.dropna().groupby("institution").mean()
        row = self.rows.loc[(protocol, condition, scope, access, method)]
        if column.startswith("difference"):
            if not row["reference"] or row["reference"] == method:
                return None
            other = self.people(protocol, condition, scope, row["reference"], "r", self.spec.primary)
            found = stats.estimate(r - other)
            return found.by_person.value if column == "difference" else interval(found.by_person_hierarchical)
        if column in ("seeds", "seed_sd"):
            by = self.people(*place, "r", self.spec.primary, seeds=True).groupby("seed").mean()
            return None if len(by) < 2 else len(by) if column == "seeds" else by.std()
        mean = {"r_best": "r_best", "lag": "lag", "rmse": "rmse"}
        median = {"r2_median": "r2", "variance_ratio_median": "variance_ratio"}
        if column in mean:
            value = self.people(*place, mean[column], self.spec.primary).mean()
            return 1000 * value if column == "lag" else value
        if column in median:
            return self.people(*place, median[column], self.spec.primary).median()
        found = stats.estimate(r)
        return {
            "r_institution": places.mean(),
            "people": r.notna().sum(),
            "institutions": len(places),
            "sample": [r.notna().sum(), len(places)],
            "r_hierarchical": interval(found.by_person_hierarchical),
            "r_hierarchical_low": found.by_person_hierarchical.low,
            "r_hierarchical_high": found.by_person_hierarchical.high,
            "r_institution_interval": interval(found.by_institution),
        }[column]

    def muscles(self, protocol, condition, scope, method, muscle):
        if method != "people":
            return self.people(protocol, condition, scope, method, "r", [muscle]).mean()
        t = self.table
        t = t[(t.protocol == protocol) & (t.condition == condition) & (t.scope == scope) & (t.muscle == muscle)]
        return len(t[(t.metric == "r") & t.value.notna()][["institution", "subject"]].drop_duplicates())

    def matrix(self, protocol, condition, method, source, institution):
        t = self.table
        t = t[(t.protocol == protocol) & (t.condition == condition) & (t.method == method) & (t.metric == "r")]
        t = t[(t.source == source) & (t.institution == institution) & t.muscle.isin(self.spec.primary)]
        return t.groupby(["subject", "muscle"]).value.mean().groupby("subject").mean().mean()

    def person(self, protocol, condition, scope, method, person):
        return self.people(protocol, condition, scope, method, "r", self.spec.primary).xs(person, level=1).iloc[0]

    def lags(self, protocol, condition, scope, method, institution, muscle, column):
        t = self.table
        t = t[(t.protocol == protocol) & (t.condition == condition) & (t.scope == scope) & (t.metric == "lag")]
        t = t[(t.method == method) & (t.institution == institution) & (t.muscle == muscle)].dropna(subset="value")
        by = 1000 * t.groupby("subject").value.mean()
        return {"lag": by.mean(), "sd": by.std(), "people": len(by), "edge": int((by.abs() >= 149).sum())}[column]

    def paired(self, protocol, condition, scope, one, other, column):
        both = [self.people(protocol, condition, scope, each, "r", self.spec.primary) for each in (one, other)]
        found = stats.estimate(both[0] - both[1])
        return {
            "value": found.by_person.value,
            "interval": interval(found.by_person_hierarchical),
            "people": (both[0] - both[1]).notna().sum(),
        }[column]

    def check(self, protocol, condition, scope, ensemble, column):
        people = self.people
        members = [
            people(protocol, condition, scope, name, "r", self.spec.primary)
            for name in self.spec.method(ensemble).members
        ]
        own = people(protocol, condition, scope, ensemble, "r", self.spec.primary)
        found = stats.estimate(own - sum(members) / len(members))
        return found.by_person.value if column == "difference" else interval(found.by_person_hierarchical)

    def claims(self, protocol, condition, scope, access, column):
        board = self.written.leaderboard
        rows = board[(board.protocol == protocol) & (board.condition == condition) & (board.scope == scope)]
        verdicts = rows[(rows.access == access) & (rows.verdict != "reference")].verdict
        return len(verdicts) if column == "compared" else int((verdicts == column).sum())

    def ladder(self, protocol, condition, scope, method, step, column):
        if "ladder" not in self.asked:
            keys = [*stats.SECTION, "method", "step"]
            self.asked["ladder"] = decomposition.ladder(self.table, self.spec).set_index(keys).sort_index()
        return self.asked["ladder"].loc[(protocol, condition, scope, method, step), column]

    def ranks(self, protocol, condition, scope, access, method, column):
        rows = self.rows.loc[(protocol, condition, scope, access)]
        people = {name: self.people(protocol, condition, scope, name, "r", self.spec.primary) for name in rows.index}
        whole = pd.DataFrame(people).dropna(axis=1, how="all").dropna()
        if column == "mean_rank":
            return whole.rank(axis=1, ascending=False).mean()[method]
        found = inference.ranks(whole)
        names = {"friedman_p": "friedman"}
        return getattr(found, names.get(column, column))

    def phases(self, protocol, condition, scope, method, phase, column):
        metric = f"rmse_phase_{int(phase.partition('–')[0]) // 10}"
        by = self.people(protocol, condition, scope, method, metric, self.spec.primary)
        return by.notna().sum() if column == "people" else by.mean()

    def facts(self, column):
        if column == "people":
            return len(self.table[["institution", "subject"]].drop_duplicates())
        return self.table["institution" if column == "institutions" else "run"].nunique()


def interval(found):
    return [found.low, found.high]


def expected(asked, path, columns):
    """The numbers that a cell must show, in their order; NaN where a dash stands."""
    said = []
    for column in columns:
        value = asked.of(path, column)
        if isinstance(value, list):
            said += value if np.isfinite(value).all() else []
        elif value is not None:
            said.append(float(value))
    return said


def agree(text, values):
    tokens = TOKEN.findall(text)
    if len(tokens) != len(values):
        return False
    for token, value in zip(tokens, values, strict=True):
        if token == "–" or not np.isfinite(value):
            if token != "–" or np.isfinite(value):
                return False
            continue
        digits = len(token.partition(".")[2])
        if abs(float(token.replace("−", "-")) - value) > 0.5 * 10**-digits + 1e-9:
            return False
    return True


def checked(asked, page):
    """How many numbers were asked for again; whatever is wrong is in the message."""
    numbers = Numbers()
    numbers.feed(page)
    assert numbers.loose == []
    wrong = []
    for path, columns, text in numbers.found:
        if path[0] != "vaf" and not agree(text, values := expected(asked, path, columns)):
            wrong.append((path, columns, text, values))
    assert wrong[:3] == []
    return len(numbers.found)


@pytest.fixture(scope="module")
def asked(finished):
    return Asked(report.Written(finished))


def test_every_number_is_a_query(finished, asked):
    assert checked(asked, (finished / "report.html").read_text(encoding="utf-8")) > 250


def test_few_shot_curves_lags_and_their_tables_too(shot, shot_page):
    page = shot_page.read_text(encoding="utf-8")
    assert "How much labelled motion of a new person buys" in page
    assert checked(Asked(report.Written(shot)), page) > 250


def test_a_number_that_is_not_in_the_scores_is_found_out(finished, asked):
    page = (finished / "report.html").read_text(encoding="utf-8")
    cell = re.search(r"<td>(\d\.\d{3})<br>", page)
    forged = page[: cell.start(1)] + "0.987" + page[cell.end(1) :]
    with pytest.raises(AssertionError):
        checked(asked, forged)


def test_no_number_of_the_summary_is_without_its_query(finished):
    """But for thresholds and names, which stand in bold headings and code."""
    page = (finished / "report.html").read_text(encoding="utf-8")
    part = page[page.index("In plain words") : page.index("<nav")]
    for sentence in re.findall(r"<li>(.*?)</li>", part, re.S):
        rest = re.sub(r"<b class='n'.*?</b>|<code>.*?</code>|<b>.*?</b>|±150 ms", "", sentence)
        assert not re.search(r"\d", rest), sentence


def test_numbers_agree_to_the_digit_that_is_shown():
    assert agree("0.50 [0.41, 0.59]", [0.5, 0.41, 0.59])
    assert agree("–", [np.nan])
    assert not agree("0.50", [0.51])
    assert not agree("0.50", [])
