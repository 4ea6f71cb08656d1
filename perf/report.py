"""The table and the plot: perf.csv, perf.md and perf.svg."""

from __future__ import annotations

import csv
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from perf.cases import CASES
from perf.contest import OURS, Row, version

CORE = ("myoshift", "numpy", "scipy", "torch", "pyarrow")
COLOURS = ("#0b6e4f", "#c1440e", "#3d5a98", "#8a6d9b")


def line(row: Row) -> str:
    """One row for people."""
    against = "" if row.entrant == OURS else f"  {row.ratio:.3g} x ours"
    return f"{row.entrant:24} {_seconds(row.seconds):>9}{against}{_verdict(row)}"


def machine() -> str:
    """What the numbers were measured on, in one line."""
    cpu = next((each.split(":")[1].strip() for each in _lines("/proc/cpuinfo") if each.startswith("model name")), "")
    memory = next(
        (int(each.split()[1]) / 2**20 for each in _lines("/proc/meminfo") if each.startswith("MemTotal")), 0.0
    )
    parts = [cpu or platform.processor() or platform.machine(), f"{os.cpu_count()} cores"]
    parts += [f"{memory:.0f} GB"] if memory else []
    parts += [
        platform.system(),
        f"Python {platform.python_version()}",
        *(f"{n} {version(n)}" for n in CORE),
        "1 thread",
    ]
    return ", ".join(parts)


def write(folder: Path, rows: Sequence[Row]) -> None:
    """Write what has been measured so far."""
    with (folder / "perf.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [f.name for f in fields(Row)], lineterminator="\n")
        table.writeheader()
        table.writerows(_rounded(row) for row in rows)
    (folder / "perf.md").write_text("\n".join(_markdown(rows)) + "\n", encoding="utf-8")
    if names := _drawn(rows):
        _plot(folder / "perf.svg", rows, names)


def _rounded(row: Row) -> dict[str, object]:
    return {k: f"{v:.4g}" if isinstance(v, float) else v for k, v in asdict(row).items()}


def _markdown(rows: Sequence[Row]) -> list[str]:
    text = [
        "# Cost against size",
        "",
        f"{machine()}.",
        "Median processor seconds, inputs in the page cache; the ratio is the median over rounds in which all take",
        "their turn.",
        "",
        "| case | size | entrant | version | seconds | times ours | rounds | promised |",
        "|---|---:|---|---|---:|---:|---:|---|",
    ]
    for row in rows:
        cells = [row.case, f"{row.size:,} {row.unit}", row.entrant, row.version, _seconds(row.seconds)]
        cells += ["" if row.entrant == OURS else f"{row.ratio:.3g}", str(row.rounds), _verdict(row).strip()]
        text.append(f"| {' | '.join(cells)} |")
    jobs = {case.name: case.job for case in CASES}
    return [*text, "", *(f"* **{name}**: {jobs[name]}" for name in dict.fromkeys(row.case for row in rows))]


def _verdict(row: Row) -> str:
    if row.most is not None:
        return f"  {'kept' if row.ratio <= row.most else 'missed'} (at most {row.most:.3g})"
    if row.mark is None:
        return ""
    return f"  {'kept' if row.ratio >= row.mark else 'missed'} (at least {row.mark:.3g})"


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _drawn(rows: Sequence[Row]) -> list[str]:
    """Cases with no more entrants than there are colours; the others stand in the table alone."""
    entrants = {name: {row.entrant for row in rows if row.case == name} for name in [row.case for row in rows]}
    return [name for name, own in entrants.items() if len(own) <= len(COLOURS)]


def _plot(path: Path, rows: Sequence[Row], names: Sequence[str]) -> None:
    """One panel for each case: seconds against size, both logarithmic, the lines named where they end."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams |= {
        "svg.fonttype": "none",
        "svg.hashsalt": "perf",
        "font.size": 8,
        "font.family": "sans-serif",
    }
    from matplotlib import pyplot as plt

    across = min(3, len(names))
    figure, panels = plt.subplots(
        -(-len(names) // across), across, figsize=(3.6 * across, 2.6 * -(-len(names) // across)), squeeze=False
    )
    for panel, name in zip(panels.flat, names, strict=False):
        _panel(panel, [row for row in rows if row.case == name])
    for panel in panels.flat[len(names) :]:
        panel.axis("off")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _panel(panel, rows: Sequence[Row]) -> None:  # noqa: ANN001 - axes, whose types matplotlib does not export
    entrants = list(dict.fromkeys(row.entrant for row in rows))
    for colour, entrant in zip(COLOURS, entrants, strict=False):
        own = [row for row in rows if row.entrant == entrant]
        style = {"color": colour, "linewidth": 2.0 if entrant == OURS else 1.2, "marker": "o", "markersize": 3}
        panel.loglog([row.size for row in own], [row.seconds for row in own], label=entrant, **style)
    panel.set_title(rows[0].case, loc="left", fontweight="bold")
    panel.set_xlabel(rows[0].unit)
    panel.set_ylabel("processor seconds")
    panel.minorticks_off()
    sizes, seconds = sorted({row.size for row in rows}), [row.seconds for row in rows if row.seconds > 0]
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
    panel.set_ylim(10 ** math.floor(math.log10(min(seconds))), 10 ** math.ceil(math.log10(max(seconds))))
    panel.grid(alpha=0.25)
    panel.legend(frameon=False)
    panel.spines[["top", "right"]].set_visible(False)
