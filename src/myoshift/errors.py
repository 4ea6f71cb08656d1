"""What can go wrong, said in one voice: what, where, why, and how to mend it."""

from __future__ import annotations

from pathlib import Path


class MyoshiftError(Exception):
    """Base of every error that myoshift raises on purpose.

    Parameters
    ----------
    what : str
        What went wrong, in one sentence without a final full stop.
    where : str or Path, optional
        File, channel, row or time that the sentence is about.
    why : str, optional
        The reason, with the numbers that led to it.
    mend : str, optional
        What the user can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | Path = "", why: str = "", mend: str = "") -> None:
        self.what, self.where, self.why, self.mend = what, str(where), why, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        reason = f" ({self.why})" if self.why else ""
        mend = f". To mend: {self.mend}" if self.mend else ""
        return f"{place}{self.what}{reason}{mend}"


class DataRefused(MyoshiftError):  # noqa: N818 - the field says "data refused", and so does exit code 3
    """The data cannot be used as they are; nothing was written."""

    exit_code = 3


class DataFormatError(DataRefused):
    """A file does not hold what its format promises."""


class UnknownNameError(DataRefused):
    """A muscle, site, coordinate or plug-in name that nobody knows."""


class IntegrityError(DataRefused):
    """A stored file is not the one its hash names (stale, torn or altered)."""


class AccessError(MyoshiftError):
    """Something that learns, selects or calibrates asked for data that its split does not grant."""


class LeakageError(MyoshiftError):
    """The same person, recording or content stands on both sides of a split: the data as split are refused."""

    exit_code = 3


class ConfigError(MyoshiftError):
    """A configuration file or option that makes no sense."""

    exit_code = 2
