"""Which streams of Lab Streaming Layer there are, and what they say of their channels."""

from __future__ import annotations

import importlib
from time import monotonic
from typing import Any

from myoshift.errors import ConfigError, DataRefused, MyoshiftError

TEXT = 3  # channel format of strings
ANSWER = 1.0  # s in which every stream that there is answers


def library() -> Any:
    """The module pylsl.

    Raises
    ------
    ConfigError
        When it, or the LSL library that it needs, is not installed.
    """
    try:
        return importlib.import_module("pylsl")
    except (ImportError, RuntimeError) as error:
        raise ConfigError(
            "Lab Streaming Layer is not installed", why=str(error).strip(), mend="pip install 'myoshift[stream]'"
        ) from error


def the_one(pylsl: Any, name: str, timeout: float) -> Any:
    """The description of the one stream of numbers that is called so.

    Raises
    ------
    MyoshiftError
        When there is none within `timeout` seconds; with the names of those that there are.
    DataRefused
        When there are two, or it holds text.
    """
    end = monotonic() + timeout
    there, others = found(pylsl, name)
    while not there and monotonic() < end:
        there, others = found(pylsl, name)
    if not there:
        raise _nobody(name, timeout, others)
    if len(there) > 1:
        each = "; ".join(
            f"{i.channel_count()} channels of {i.type() or 'no type'} on {i.hostname()}"
            f"{f' (source id {i.source_id()})' if i.source_id() else ''}"
            for i in there
        )
        raise DataRefused(
            f"{len(there)} streams are called {name!r}", where="LSL", why=each, mend="rename one, or stop it"
        )
    if there[0].channel_format() == TEXT:
        raise DataRefused(
            "the stream holds text, not numbers", where=f"LSL stream {name!r}", mend="name a stream of joint angles"
        )
    return there[0]


def found(pylsl: Any, name: str) -> tuple[list[Any], list[Any]]:
    """Descriptions of the streams of this name that answer within `ANSWER` seconds, and of the others."""
    streams = pylsl.resolve_streams(wait_time=ANSWER)
    return [s for s in streams if s.name() == name], [s for s in streams if s.name() != name]


def _nobody(name: str, timeout: float, others: list[Any]) -> MyoshiftError:
    there = sorted({f"{i.name()} ({i.channel_count()} channels)" for i in others})
    if there:
        return MyoshiftError(
            f"no stream is called {name!r}",
            where="LSL",
            why=f"waited {timeout:g} s; there are: {', '.join(there)}",
            mend="name one of these with --lsl, or start the sender",
        )
    return MyoshiftError(
        f"no stream is called {name!r}, and there is no other",
        where="LSL",
        why=f"waited {timeout:g} s",
        mend="start the sender on this network, and let UDP port 16571 (search) and ports 16572 to 16604 through the "
        "firewall; across networks name its machine under KnownPeers in lsl_api.cfg",
    )


def described(info: Any) -> tuple[list[str], list[str]]:
    """Labels and units of the channels, "" where the description has none."""
    labels, units = [], []
    channel = info.desc().child("channels").child("channel")
    for _ in range(info.channel_count()):
        labels.append(channel.child_value("label") if not channel.empty() else "")
        units.append(channel.child_value("unit") if not channel.empty() else "")
        channel = channel.next_sibling("channel") if not channel.empty() else channel
    return labels, units
