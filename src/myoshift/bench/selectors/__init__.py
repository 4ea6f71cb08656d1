"""Choosing between fitted candidates without the labels of the target: pure functions of what runs left behind.

A selector is handed a `Case` and gives every candidate a score, higher for better and NaN where it cannot tell. The
`oracle` alone is handed the answers: it is a bound, and no selector.
"""

from myoshift.bench.selectors.case import Case, Selector

__all__ = ["Case", "Selector"]
