"""EDF, EDF+, BDF and BDF+ files by hand, with whatever header a test needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

LABEL = {2: "EDF Annotations", 3: "BDF Annotations"}


@dataclass(frozen=True)
class Signal:
    """One signal: whole numbers, as many as `records * samples`, and the header fields as they are written."""

    digital: np.ndarray
    label: str = "EMG"
    unit: str | bytes = "uV"
    physical: tuple[str, str] = ("-1000", "1000")
    limits: tuple[str, str] = ("-32768", "32767")
    prefilter: str = "HP:10Hz LP:500Hz"
    samples: int = 100

    def with_(self, **changes):
        return replace(self, **changes)

    @property
    def values(self):
        (low, high), (least, most) = (tuple(map(float, pair)) for pair in (self.physical, self.limits))
        return (self.digital - least) * (high - low) / (most - least) + low


@dataclass(frozen=True)
class Remarks:
    """An annotations signal: bytes of each record, padded to `samples` samples."""

    records: list[bytes]
    samples: int = 40
    label: str = ""
    fields: dict = field(default_factory=dict)


def tal(onset, *texts, duration=None):
    """One time-stamped list of annotations."""
    length = b"" if duration is None else b"\x15%g" % duration
    said = b"".join(text.encode() + b"\x14" for text in texts or ("",))
    return f"{onset:+.12g}".encode() + length + b"\x14" + said + b"\0"


def signal(seed=0, *, records=4, samples=100, width=2, **options):
    """Noise well within the digital limits."""
    top = 2 ** (8 * width - 1)
    random = np.random.default_rng(seed)
    return Signal(
        digital=random.integers(-top // 2, top // 2, records * samples),
        samples=samples,
        limits=(str(-top), str(top - 1)),
        **{"label": f"EMG{seed}", **options},
    )


def edf_bytes(signals, /, *, width=2, duration="1", reserved="", records=None, **fields):
    """A file of these signals; `records` and every header field can be told wrongly."""
    real = next(len(s.records) if isinstance(s, Remarks) else len(s.digital) // s.samples for s in signals)
    head = {
        "version": "0" if width == 2 else b"\xffBIOSEMI",
        "patient": "X X X X",
        "recording": "Startdate 02-MAR-2021 X X X",
        "date": "02.03.21",
        "time": "12.30.05",
        "bytes": str(256 * (len(signals) + 1)),
        "reserved": reserved,
        "records": str(real if records is None else records),
        "duration": duration,
        "signals": str(len(signals)),
    } | fields
    sizes = (8, 80, 80, 8, 8, 8, 44, 8, 8, 4)
    raw = b"".join(_padded(text, size) for text, size in zip(head.values(), sizes, strict=True))
    top = 2 ** (8 * width - 1)
    described = [
        Signal(np.zeros(0), s.label or LABEL[width], "", ("-1", "1"), (str(-top), str(top - 1)), "", s.samples)
        if isinstance(s, Remarks) else s
        for s in signals
    ]  # fmt: skip
    for size, take in (
        (16, lambda s: s.label), (80, lambda s: "surface"), (8, lambda s: s.unit),
        (8, lambda s: s.physical[0]), (8, lambda s: s.physical[1]), (8, lambda s: s.limits[0]),
        (8, lambda s: s.limits[1]), (80, lambda s: s.prefilter), (8, lambda s: str(s.samples)), (32, lambda s: ""),
    ):  # fmt: skip
        raw += b"".join(_padded(take(s), size) for s in described)
    return raw + b"".join(_record(signals, k, width) for k in range(real))


def _record(signals, k, width):
    return b"".join(
        s.records[k].ljust(width * s.samples, b"\0") if isinstance(s, Remarks)
        else _words(s.digital[k * s.samples : (k + 1) * s.samples], width)
        for s in signals
    )  # fmt: skip


def _words(numbers, width):
    return np.asarray(numbers, "<i4").view(np.uint8).reshape(-1, 4)[:, :width].tobytes()


def _padded(text, size):
    raw = text if isinstance(text, bytes) else text.encode("latin-1")
    assert len(raw) <= size
    return raw.ljust(size)
