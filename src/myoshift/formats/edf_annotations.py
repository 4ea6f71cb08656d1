"""Annotations of EDF+ and BDF+ files, and the times of their records, which they hold too.

Format: https://www.edfplus.info/specs/edfplus.html, section 2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.edf_header import Header, Signal
from myoshift.formats.source import AGAIN, Bytes
from myoshift.formats.tables import Annotation
from myoshift.formats.text import clip
from myoshift.types import Array

_LIST = re.compile(rb"([+-]\d{1,9}(?:\.\d*)?)(?:\x15(\d{1,9}(?:\.\d*)?))?\x14(.*)", re.DOTALL)
_Remarks: TypeAlias = tuple[float, float | None, list[str]]  # onset, duration, texts
_ROUNDING = 1e-3  # s: what a writer may round record times by in a file that says it has no gaps


def read_annotations(raw: Bytes, header: Header) -> tuple[Array | None, tuple[Annotation, ...]]:
    """Time of every record in seconds from the start in the header on, None where none are stated, and the remarks.

    Raises
    ------
    DataFormatError
        Where a list of annotations is malformed, or a record of a + file has no time.
    """
    onsets: list[float] = []
    remarks: list[Annotation] = []
    for order, signal in enumerate(s for s in header.signals if s.is_annotations):
        for record in range(header.records):
            lists = list(_lists(raw, header, signal, record))
            if order == 0 and header.plus:
                onsets.append(_onset(lists, record))
            remarks += [Annotation(text, onset, length) for onset, length, texts in lists for text in texts if text]
    if header.plus and not onsets:
        raise DataFormatError(
            f"a +{header.plus} file without annotations signal", where="header",
            why="it holds the times of the records", mend=AGAIN,
        )  # fmt: skip
    return np.asarray(onsets) if onsets else None, tuple(sorted(remarks, key=lambda each: each.time))


def refuse_gaps(onsets: Array, header: Header) -> None:
    """Refuse record times with gaps or overlaps in a file that says that it has none."""
    fastest = max((s.samples / header.duration for s in header.signals if not s.is_annotations), default=1.0)
    expected = onsets[0] + np.arange(len(onsets)) * header.duration
    off = np.abs(onsets - expected) > max(0.5 / fastest, _ROUNDING)
    if off.any():
        record = int(np.argmax(off))
        raise DataFormatError(
            "the record times contradict a file without gaps",
            where=f"record {record + 1}",
            why=f"{expected[record]:.10g} s expected from a record duration of {header.duration:g} s, "
            f"{onsets[record]:.10g} s declared",
            mend="export the file again, or mark it as discontinuous (EDF+D, BDF+D)",
        )


def starts(onsets: Array, header: Header, samples: int) -> NDArray[np.int64]:
    """Row of the first sample of every record on one even grid from the first record on.

    Raises
    ------
    DataFormatError
        Where records overlap, or do not begin on a sample.
    """
    rate = samples / header.duration
    exact = (onsets - onsets[0]) * rate
    rows: NDArray[np.int64] = np.rint(exact).astype(np.int64)
    off = np.abs(exact - rows) > 0.05
    early = np.append(False, np.diff(rows) < samples)
    if off.any() or early.any():
        record = int(np.argmax(off | early))
        raise DataFormatError(
            "a record begins before the one in front of it has ended" if early[record] else "a record begins between "
            "two samples", where=f"record {record + 1}",
            why=f"{onsets[record]:.10g} s at {rate:g} Hz", mend="split the file at its gaps",
        )  # fmt: skip
    return rows


def _lists(
    raw: Bytes, header: Header, signal: Signal, record: int
) -> Iterator[tuple[float, float | None, list[str]]]:
    """Onset, duration and texts of every list in one record."""
    at = header.size + record * header.record + signal.offset
    for part in bytes(raw[at : at + header.width * signal.samples]).split(b"\0"):
        if not part:
            continue
        found = _LIST.fullmatch(part)
        if found is None or not found[3].endswith(b"\x14"):
            raise DataFormatError(
                "a list of annotations is malformed", where=f"record {record + 1}", why=clip(part), mend=AGAIN
            )
        texts = [text.decode("utf-8", errors="replace") for text in found[3][:-1].split(b"\x14")]
        yield float(found[1]), None if found[2] is None else float(found[2]), texts


def _onset(lists: list[_Remarks], record: int) -> float:
    if lists and lists[0][2][0] == "":
        return lists[0][0]
    raise DataFormatError(
        "a record has no time",
        where=f"record {record + 1}",
        why="its first annotation must be an empty one",
        mend=AGAIN,
    )
