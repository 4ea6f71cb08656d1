"""The header of an EDF, EDF+, BDF or BDF+ file, checked against the size of the file before anything is allocated.

Format: Kemp et al. 1992, https://www.edfplus.info/specs/edf.html and edfplus.html; BDF:
https://www.biosemi.com/faq/file_format.htm.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from myoshift.errors import DataFormatError
from myoshift.formats.source import AGAIN, Bytes
from myoshift.formats.text import clip
from myoshift.types import Flag

BLOCK = 256
_HEAD = {"version": 8, "patient": 80, "recording": 80, "start date": 8, "start time": 8, "header bytes": 8,
         "reserved": 44, "records": 8, "record duration": 8, "signals": 4}  # fmt: skip
_SIGNAL = {"label": 16, "transducer": 80, "physical dimension": 8, "physical minimum": 8, "physical maximum": 8,
           "digital minimum": 8, "digital maximum": 8, "prefilter": 80, "samples per record": 8,
           "reserved": 32}  # fmt: skip
_FASTEST = 1e8  # Hz; nothing is sampled faster, or more slowly than once in as many seconds
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_STARTDATE = re.compile(r"Startdate (\d\d)-([A-Z]{3})-(\d{4})")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MICROVOLTS = ("µV", "μV", "ÂµV", "Î¼V")  # micro sign and Greek mu, both also as UTF-8 that was taken for latin-1


@dataclass(frozen=True)
class Signal:
    """One signal: how its whole numbers become values, and where it begins in a record (bytes)."""

    label: str
    transducer: str
    unit: str
    prefilter: str
    low: float
    high: float
    least: int
    most: int
    samples: int
    offset: int

    @property
    def gain(self) -> float:
        """Units per digital step."""
        return (self.high - self.low) / (self.most - self.least)

    @property
    def is_annotations(self) -> bool:
        """Whether it holds texts in place of numbers."""
        return self.label in ("EDF Annotations", "BDF Annotations")


@dataclass(frozen=True)
class Header:
    """What the header says. `width` bytes a sample; `plus` is "C" or "D" (gaps allowed) for the + formats."""

    width: Literal[2, 3]
    plus: str
    patient: str
    recording: str
    start: datetime | None
    records: int
    duration: float
    signals: tuple[Signal, ...]
    flags: tuple[Flag, ...]

    @property
    def size(self) -> int:
        """Bytes of the header."""
        return BLOCK * (len(self.signals) + 1)

    @property
    def record(self) -> int:
        """Bytes of a record."""
        return self.width * sum(signal.samples for signal in self.signals)


@dataclass(frozen=True)
class _Fields:
    """Texts of header fields by name, and how numbers are read from them."""

    texts: dict[str, str]
    where: str
    decimal: str

    def integer(self, name: str, least: int, most: int) -> int:
        text = self.texts[name]
        if _INTEGER.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        raise self.wrong(name, f"a whole number between {least} and {most} expected")

    def real(self, name: str) -> float:
        text = self.texts[name]
        if "," in text and self.decimal == ".":
            raise DataFormatError(
                "a decimal comma in a header number",
                where=f"{self.where}{name}",
                why=clip(text),
                mend="correct the header, or read the file with decimal=','",
            )
        text = text.replace(",", ".")
        if _REAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        raise self.wrong(name, "a number expected")

    def wrong(self, name: str, expected: str) -> DataFormatError:
        return DataFormatError(
            "a header field is impossible",
            where=f"{self.where}{name}",
            why=f"{clip(self.texts[name])}, {expected}",
            mend="correct the header, or export the file again",
        )


def read_header(raw: Bytes, decimal: Literal[".", ","]) -> Header:
    """Read the header of a whole file.

    Raises
    ------
    DataFormatError
        Where a field is impossible, or the file is not exactly as large as the header says.
    """
    _refuse_short(raw, BLOCK, "the header of 256 bytes")
    head = _Fields(dict(_texts(raw, 0, _HEAD)), "header, ", decimal)
    width: Literal[2, 3] = 3 if raw[0] == 0xFF else 2
    count = head.integer("signals", 1, 9999)
    _refuse_short(raw, BLOCK * (count + 1), f"the header of {count} signals")
    if head.integer("header bytes", 0, 10**8) != BLOCK * (count + 1):
        raise head.wrong("header bytes", f"{BLOCK * (count + 1)} expected for {count} signals")
    signals = tuple(_signals(raw, count, width, decimal))
    duration = head.real("record duration")
    for signal in signals:
        if not signal.is_annotations and not duration * _FASTEST > signal.samples > duration / _FASTEST:
            raise head.wrong("record duration", f"no sampling rate in Hz follows from {signal.samples} samples in it")
    plus = re.match(r"[EB]DF\+([CD])", head.texts["reserved"])
    start, notes = _start(head.texts)
    records, more = _records(raw, head, BLOCK * (count + 1), width * sum(s.samples for s in signals))
    return Header(
        width=width,
        plus=plus[1] if plus else "",
        patient=head.texts["patient"],
        recording=head.texts["recording"],
        start=start,
        records=records,
        duration=duration,
        signals=signals,
        flags=(*notes, *more, *_encoding(raw, BLOCK * (count + 1))),
    )


def _refuse_short(raw: Bytes, size: int, what: str) -> None:
    if len(raw) < size:
        raise DataFormatError(
            "the file is truncated", where="header", why=f"{what} needs {size} bytes, {len(raw)} bytes are present",
            mend=AGAIN,
        )  # fmt: skip


def _texts(raw: Bytes, at: int, sizes: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Fields by name, one behind the other from byte `at` on."""
    for name, size in sizes.items():
        yield name, _decoded(bytes(raw[at : at + size])).strip(" \0")
        at += size


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _signals(raw: Bytes, count: int, width: int, decimal: str) -> Iterator[Signal]:
    offset, top = 0, 2 ** (8 * width - 1)
    for k in range(count):
        texts, at = {}, BLOCK
        for name, size in _SIGNAL.items():
            texts[name] = _decoded(bytes(raw[at + k * size : at + (k + 1) * size])).strip(" \0")
            at += count * size
        fields = _Fields(texts, f"signal {k + 1} {clip(texts['label'])}, ", decimal)
        signal = _signal(fields, offset, top, len(raw))
        offset += width * signal.samples
        yield signal


def _signal(fields: _Fields, offset: int, top: int, size: int) -> Signal:
    texts = fields.texts
    samples = fields.integer("samples per record", 1, 2**31 - 1)
    if samples > size:
        raise fields.wrong("samples per record", f"the file has {size} bytes")
    if texts["label"] in ("EDF Annotations", "BDF Annotations"):
        return Signal(texts["label"], "", "", "", -1.0, 1.0, -top, top - 1, samples, offset)
    least, most = (fields.integer(f"digital {end}imum", -top, top - 1) for end in ("min", "max"))
    low, high = (fields.real(f"physical {end}imum") for end in ("min", "max"))
    if least >= most:
        raise fields.wrong("digital minimum", f"below the digital maximum {most} expected")
    if low == high or not math.isfinite(high - low):
        raise fields.wrong("physical minimum", f"another number than the physical maximum {high:g} expected")
    return Signal(
        label=texts["label"],
        transducer=texts["transducer"],
        unit="uV" if texts["physical dimension"] in MICROVOLTS else texts["physical dimension"],
        prefilter=texts["prefilter"],
        low=low,
        high=high,
        least=least,
        most=most,
        samples=samples,
        offset=offset,
    )


def _records(raw: Bytes, head: _Fields, header: int, record: int) -> tuple[int, tuple[Flag, ...]]:
    """The number of records, which the size of the file must bear out; -1 stands for unknown."""
    declared, present = head.integer("records", -1, 2**31 - 1), len(raw) - header
    if declared == -1 and present % record == 0 and present:
        count = present // record
        return count, (Flag("records", f"the header leaves the number of records open: {count} are there"),)
    if declared * record != present or declared < 1:
        short = present < declared * record or declared == -1
        raise DataFormatError(
            "the file is truncated" if short else "the file is longer than its header says",
            where="header, records",
            why=f"{declared} records of {record} bytes behind {header} bytes of header promise "
            f"{header + declared * record if declared > 0 else 'whole records'}"
            f"{' bytes' if declared > 0 else ''}, the file has {len(raw)} bytes",
            mend=AGAIN,
        )
    return declared, ()


def _start(texts: dict[str, str]) -> tuple[datetime | None, tuple[Flag, ...]]:
    """Date and time of the first record, to the second; the recording field of the + formats knows the century."""
    found = _STARTDATE.match(texts["recording"])
    try:
        day, month, year = (int(part) for part in texts["start date"].split("."))
        hours, minutes, seconds = (int(part) for part in texts["start time"].split("."))
        year += 1900 if year >= 85 else 2000
        if found and found[2] in _MONTHS:
            day, month, year = int(found[1]), _MONTHS.index(found[2]) + 1, int(found[3])
        return datetime.combine(datetime(year, month, day), time(hours, minutes, seconds)), ()
    except ValueError:
        said = f"{texts['start date']} {texts['start time']}"
        return None, (Flag("start", f"the start {clip(said)} is no date and time"),)


def _encoding(raw: Bytes, size: int) -> tuple[Flag, ...]:
    text = raw[1:size]
    if text.isascii():
        return ()
    at = next(k for k, byte in enumerate(text, 1) if byte > 127)
    return (Flag("encoding", f"byte {at} of the header is not ASCII: read as UTF-8 or latin-1"),)
