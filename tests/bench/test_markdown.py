import numpy as np
import pandas as pd

from myoshift.bench.markdown import amounts, grid, tables
from myoshift.bench.report import Written
from myoshift.bench.stats import BOARD, leaderboard


def test_every_section_is_a_table_with_who_was_tested(finished):
    board = Written(finished).leaderboard
    found = tables(board)
    assert "leave_one_domain_out, level walking" in found
    assert "few_shot(seconds=2.0), level walking, within trials" in found
    said, _, head, rule, *rows = found["leave_one_domain_out, level walking"].splitlines()
    assert said == "zero-shot; 6 people, 3 institutions"
    assert head.count("|") == rule.count("|")
    chosen = board[(board.protocol == "leave_one_domain_out") & (board.condition == "level walking")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(chosen.method)
    best = chosen.iloc[0]
    assert f"| {best.r:.3f} [{best.r_hierarchical_low:.2f}, {best.r_hierarchical_high:.2f}] |" in rows[0]


def test_differences_are_given_where_there_is_a_reference(finished):
    found = tables(Written(finished).leaderboard)
    assert "difference to template" in found["leave_one_domain_out, level walking"]
    template = [row for row in found["leave_one_domain_out, level walking"].splitlines() if "| template |" in row]
    assert template[0].endswith("|  |")
    assert "descriptive" in found["leave_one_domain_out, level walking"]


def test_outputs_that_are_set_apart_have_a_column_without_them(finished):
    written = Written(finished)
    spec = written.spec.model_copy(update={"apart": ("gastrocnemius",)})
    board = leaderboard(written.results, spec)
    head, _, first, *_ = tables(board)["leave_one_domain_out, level walking"].splitlines()[2:]
    assert head.split(" | ")[2] == "r by person, without gastrocnemius"
    only = spec.model_copy(update={"primary": ("tibialis_anterior",), "apart": ()})
    alone = leaderboard(written.results, only)
    assert list(alone.columns) == list(BOARD)
    keys = ["protocol", "condition", "scope", "method"]
    np.testing.assert_allclose(
        board.set_index(keys)["rest"].sort_index(), alone.set_index(keys)["r"].sort_index(), equal_nan=True
    )
    assert f"{board.iloc[0]['rest']:.3f}" in first


def test_r_against_the_amount_has_a_column_per_protocol_with_its_people():
    rows = [
        {"protocol": p, "condition": "walk", "scope": "within", "method": m, "r": r, "people": n}
        for p, n, values in (
            ("few_shot(strides=1)", 5, (0.7, 0.8)),
            ("few_shot(held=person, seconds=6)", 2, (0.9, 0.6)),
        )
        for m, r in zip(("delay", "gain"), values, strict=True)
    ]
    assert amounts(pd.DataFrame(rows), "walk", "within").splitlines() == [
        "| method | 1 stride (5) | 6 s (2) |",
        "| --- | --- | --- |",
        "| gain | 0.800 | 0.600 |",
        "| delay | 0.700 | 0.900 |",
    ]


def test_a_grid_has_a_row_for_each_row():
    text = grid(pd.DataFrame({"site": ["soleus", "vasti"], "people": [3, 1], "r": [0.12345, np.nan]}))
    assert text.splitlines() == [
        "| site | people | r |",
        "| --- | --- | --- |",
        "| soleus | 3 | 0.123 |",
        "| vasti | 1 |  |",
    ]
