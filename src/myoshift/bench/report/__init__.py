"""The page of a benchmark: scores, curves and splits, arranged to be read."""

from myoshift.bench.report.page import write_comparison, write_report
from myoshift.bench.report.written import Written, write_leaderboard

__all__ = ["Written", "write_comparison", "write_leaderboard", "write_report"]
