"""Contracts: what every plug-in must keep, yours included.

Each check takes a plug-in's name and raises `ContractError` with the sentence that it broke. The project's own tests
run them over the whole registry; a package that brings a plug-in can run them in its own tests.
"""

from myoshift.testing.calibrators import check_calibrator
from myoshift.testing.contracts import (
    check_cards,
    check_dataset,
    check_estimator,
    check_metric,
    check_protocol,
)
from myoshift.testing.losses import check_distance
from myoshift.testing.methods import check_method
from myoshift.testing.networks import check_network
from myoshift.testing.promise import ContractError

__all__ = [
    "ContractError",
    "check_calibrator",
    "check_cards",
    "check_dataset",
    "check_distance",
    "check_estimator",
    "check_method",
    "check_metric",
    "check_network",
    "check_protocol",
]
