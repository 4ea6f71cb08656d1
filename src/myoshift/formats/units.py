"""Units that stand in the label of a column, as in `EMG 1 (mV)`, `ACC X [g]` and `LT SOLEUS,uV`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from myoshift.errors import DataFormatError

SPELLINGS = {
    "V": "V", "Volts": "V", "volts": "V", "mV": "mV", "uV": "uV", "µV": "uV", "μV": "uV", "microvolts": "uV",
    "g": "g", "G": "g", "mG": "mg", "mg": "mg", "m/s^2": "m/s^2", "m/s²": "m/s^2",
    "deg": "deg", "°": "deg", "rad": "rad", "deg/s": "deg/s", "°/s": "deg/s", "rad/s": "rad/s",
    "uT": "uT", "µT": "uT", "μT": "uT", "s": "s", "ms": "ms", "N": "N", "Nm": "N m", "N m": "N m", "N*m": "N m",
    "m": "m", "mm": "mm", "cm": "cm", "Hz": "Hz", "%": "%", "1": "1",
}  # fmt: skip
_LABEL = re.compile(r"(.*?)\s*(?:,([^,()\[\]]+)|\(([^()]+)\)|\[([^\[\]]+)\])\s*", re.DOTALL)


def split_unit(label: str) -> tuple[str, str]:
    """Name and unit of a label; the whole label and "" where no known unit stands at its end."""
    found = _LABEL.fullmatch(label)
    unit = SPELLINGS.get((found[2] or found[3] or found[4]).strip()) if found else None
    return (found[1].strip(), unit) if found and unit and found[1].strip() else (label.strip(), "")


def stated(names: Sequence[str], units: Sequence[str], unit: str | Mapping[str, str]) -> tuple[str, ...]:
    """The units, where there is none the one that the caller states, for all or by name.

    Raises
    ------
    DataFormatError
        When neither states the unit of a channel.
    """
    given = dict.fromkeys(names, unit) if isinstance(unit, str) else unit
    whole = tuple(own or given.get(name, "") for name, own in zip(names, units, strict=True))
    missing = [name for name, each in zip(names, whole, strict=True) if not each]
    if missing:
        raise DataFormatError(
            "a channel has no unit",
            where=f"channel {missing[0]!r}",
            why=f"{len(missing)} of {len(names)} channels state none; accepted: V, mV, uV, or any other text",
            mend="state it with unit=, as in unit='uV'",
        )
    return whole
