from __future__ import annotations

import matplotlib as mpl

from myoshift.bench.report.drawing import draw


def test_the_style_of_somebody_else_changes_no_byte():
    def paint(axes):
        axes.plot([0, 1, 2], [0.1, 0.4, 0.2])
        axes.set_xlabel("time")

    plain = draw(paint, "a line")
    with mpl.rc_context({"font.size": 14, "figure.dpi": 50, "axes.linewidth": 3, "xtick.major.pad": 9}):
        assert draw(paint, "a line") == plain
