"""Every registered method keeps the contract, and methods that break it are caught."""

from __future__ import annotations

import pytest

from myoshift import registry
from myoshift.testing import check_method


@pytest.mark.parametrize("name", registry.names("methods"))
def test_every_method_keeps_the_contract(name):
    check_method(name)
