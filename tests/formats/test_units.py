from __future__ import annotations

import pytest

from myoshift.errors import DataFormatError
from myoshift.formats.units import split_unit, stated


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("EMG 1 (mV)", ("EMG 1", "mV")),
        ("ACC X [g]", ("ACC X", "g")),
        ("LT TIB.ANT.,uV", ("LT TIB.ANT.", "uV")),
        ("LT SOL., µV", ("LT SOL.", "uV")),
        ("GYRO X (deg/s)", ("GYRO X", "deg/s")),
        ("EMG 1 (IM)", ("EMG 1 (IM)", "")),
        ("EMG 1", ("EMG 1", "")),
        ("(mV)", ("(mV)", "")),
    ],
)
def test_units_at_the_end_of_labels(label, expected):
    assert split_unit(label) == expected


def test_bad_24_units_that_nobody_states():
    assert stated(["a", "b"], ["V", ""], {"b": "g"}) == ("V", "g")
    with pytest.raises(DataFormatError, match=r"channel 'b'.*no unit.*1 of 2.*unit='uV'"):
        stated(["a", "b"], ["V", ""], {"a": "mV"})
