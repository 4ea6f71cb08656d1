"""EDF and BDF recordings whose header fields say something else than their records."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fuzz.mutant import Mutant, pick
from miniatures.edf import edf_bytes, signal

FIELDS = {
    "version": ("1", "", "0.5"),
    "bytes": ("0", "256", "1023", "99999999", "-1", "x"),
    "records": ("0", "-1", "-2", "3", "5", "99999999", "4.5", "nan", ""),
    "duration": ("0", "-1", "nan", "inf", "1e-9", "1e9", "0,5", "", "x"),
    "signals": ("0", "1", "2", "4", "9999", "-1", "x", ""),
    "reserved": ("EDF+C", "EDF+D", "BDF+C", "EDF+", "24BIT"),
    "date": ("99.99.99", "x", ""),
    "time": ("25.61.61", ""),
}
SIGNAL = {
    "label": ("", "EMG1", "EDF Annotations", "BDF Annotations", "x" * 16),
    "unit": ("", "V", "mV", b"\xb5V"),
    "physical": (("0", "0"), ("1000", "-1000"), ("x", "1"), ("nan", "1"), ("-1e9", "1e9"), ("", "")),
    "limits": (("0", "0"), ("5", "-5"), ("-9999999", "99999999"), ("x", "1"), ("", "")),
}


@dataclass(frozen=True)
class Original:
    """Two signals of one rate and a slower one."""

    width: int = 2
    options: dict = field(default_factory=dict)

    def signals(self):
        return [signal(k, width=self.width) for k in range(2)] + [signal(2, width=self.width, samples=10, unit="g")]

    def write(self, found=None, /, **changes):
        return edf_bytes(found or self.signals(), width=self.width, **self.options | changes)

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        seconds = float(self.options.get("duration", "1"))
        return (((400, 2), 100 / seconds), ((40, 1), 10 / seconds))


def header_field(original, random):
    name = pick(random, tuple(FIELDS))
    value = pick(random, FIELDS[name])
    return Mutant(original.write(**{name: value}), f"{name} = {value!r}")


def signal_field(original, random):
    found, name = original.signals(), pick(random, tuple(SIGNAL))
    at, value = int(random.integers(0, len(found))), pick(random, SIGNAL[name])
    found[at] = found[at].with_(**{name: value})
    return Mutant(original.write(found), f"{name} of signal {at} = {value!r}", original.facts)


def samples_field(original, random):
    """The number of samples of a signal, in the header alone."""
    data, value = bytearray(original.data), pick(random, (b"0", b"1", b"99", b"101", b"99999999", b"-1", b"x", b""))
    at = 256 + 3 * (16 + 80 + 5 * 8 + 80) + 8 * int(random.integers(0, 3))
    data[at : at + 8] = value.ljust(8)
    return Mutant(bytes(data), f"samples = {value!r}")


def records_gone(original, random):
    """Records left out and not counted: another recording."""
    kept = int(random.integers(1, 4))
    width = original.width * 210
    size = len(original.data) - width * (4 - kept)
    seconds = float(original.options.get("duration", "1"))
    states = (((100 * kept, 2), 100 / seconds), ((10 * kept, 1), 10 / seconds))
    count = pick(random, ("-1", str(kept)))
    return Mutant(original.write(records=count)[:size], f"{kept} records, {count} stated", states)


def record_cut(original, random):
    size = int(random.integers(1, original.width * 210))
    return Mutant(original.data[:-size], "the last record cut")


def constant(original, random):
    found = original.signals()
    value = pick(random, (0, 32767, -32768, 1))
    found[0] = found[0].with_(digital=np.full(400, value))
    return Mutant(original.write(found), f"all samples {value}", original.facts)


EDF = (Original(), Original(options={"duration": "0.5"}))
BDF = (Original(3), Original(3, {"duration": "2"}))
DAMAGES = (header_field, header_field, signal_field, signal_field, samples_field, records_gone, record_cut, constant)


def facts(found):
    """Shape and rate of every table."""
    return tuple((table.values.shape, table.rate) for table in found.tables)
