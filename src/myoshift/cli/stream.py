"""`myoshift stream`: motion as it comes in, muscles as they come out."""

from __future__ import annotations

import json as jsonlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention, targets
from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.deploy.live import Live
    from myoshift.deploy.streaming import Sink, Source, Summary
    from myoshift.types import Flag

WARMING = 20
"""Steps that are thrown away before a stream begins."""


def command(
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Folder of a causal model (default: the one shipped, learned from simulation)."),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Motion file to replay, as `predict` takes them.")] = None,
    lsl: Annotated[str | None, typer.Option(help="Name of an LSL stream of joint angles.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The .sto of muscles to write at the end.")] = None,
    out_lsl: Annotated[str | None, typer.Option(help="Name of an LSL stream of muscles to send.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(help="Of --file: 1 its own pace, 0 as fast as possible (default; 1 with --out-lsl)."),
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="End after so much motion.")] = None,
    timeout: Annotated[
        float, typer.Option(help="s to wait for the LSL stream, and for its next sample before it counts as ended.")
    ] = 10.0,
    cutoff: Annotated[
        float | None,
        typer.Option(
            help="Hz of a causal low-pass of the angles; 0 for none. Default: a file is smoothed as `predict` "
            "does, LSL is not."
        ),
    ] = None,
    look_ahead: Annotated[
        bool, typer.Option(help="Wait for what calibrated delays need; without, muscles come at once but late.")
    ] = True,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """Per-muscle activation while the motion comes, from a file or from LSL; into a file, LSL or both."""
    speed = _checked(file, lsl, speed, seconds, timeout, cutoff, out_lsl)
    target = targets([file or Path(str(lsl))], out, "activation")[0] if out else None
    from myoshift.deploy import origin
    from myoshift.deploy.live import Live
    from myoshift.deploy.recorder import Recorder
    from myoshift.deploy.streaming import run
    from myoshift.predictor import Predictor, shipped
    from myoshift.predictor.stream import stream

    folder = model or shipped.folder(causal=True)
    predictor = Predictor.load(folder)
    stream(predictor.model)  # refused before anything is waited for
    used = origin.used(
        predictor, folder, f"model {model}" if model else "the shipped causal model, trained on simulation only"
    )
    if not json:
        typer.secho(f"streaming with {used.name}", err=True)
    source = _source(file, lsl, speed, timeout, cutoff, convention, angle_unit)
    live = _warm(lambda: Live(predictor, source.names, look_ahead=look_ahead), len(source.names))
    recorder = Recorder(target, live.names, live.rate) if target else None
    sinks: list[Sink] = [recorder] if recorder else []
    if out_lsl:
        sinks.append(_outlet(out_lsl, live, source if file else None))
    with _terminated_as_interrupted():
        summary = run(source, live, sinks, cutoff=cutoff, seconds=seconds, say=_say)
    about = origin.Origin(motion=file or Path(f"LSL stream {lsl}"), model=used)
    if recorder and not recorder.write(f"activation {file.stem if file else lsl}, {about}"):
        typer.secho(f"note: {target} was not written: there was no row without NaN", err=True)
    if json:
        report = {
            "model": asdict(used),
            "out": str(target) if target else None,
            "muscles": list(live.names),
            "rate": live.rate,
        }
        typer.echo(jsonlib.dumps(report | summary.report(), indent=2, allow_nan=False))
    else:
        _tell(summary, live, target)
    if summary.error:
        raise summary.error


def _checked(
    file: Path | None,
    lsl: str | None,
    speed: float | None,
    seconds: float | None,
    timeout: float,
    cutoff: float | None,
    out_lsl: str | None,
) -> float:
    """The speed of the replay, when the options make sense together."""
    if (file is None) == (lsl is None):
        raise ConfigError(
            "it is not said where the motion comes from" if file is None else "two sources of motion",
            mend="give --file F to replay a motion file, or --lsl NAME for a stream",
        )
    if lsl is not None and speed is not None:
        raise ConfigError("--speed is for --file", why="LSL has its own pace", mend="leave --speed out")
    if speed is not None and not 0 <= speed < float("inf"):
        raise ConfigError(f"--speed {speed:g}", mend="give 1 for the pace of the motion, 0 for as fast as possible")
    if out_lsl and speed not in (None, 1):
        raise ConfigError(
            f"--out-lsl with --speed {speed:g}",
            why="time stamps would not be those of a clock",
            mend="give --speed 1",
        )
    if lsl is not None and lsl == out_lsl:
        raise ConfigError(f"--lsl and --out-lsl are both {lsl!r}", mend="give what goes out a name of its own")
    for name, value in (("seconds", seconds), ("timeout", timeout)):
        if value is not None and not 0 < value < float("inf"):
            raise ConfigError(f"--{name} {value:g}", mend="give more than 0 seconds")
    if cutoff is not None and not 0 <= cutoff < float("inf"):
        raise ConfigError(f"--cutoff {cutoff:g}", mend="give a frequency in Hz, or 0 for no low-pass")
    return speed if speed is not None else 1.0 if out_lsl else 0.0


def _source(
    file: Path | None,
    lsl: str | None,
    speed: float,
    timeout: float,
    cutoff: float | None,
    convention: str,
    unit: Literal["deg", "rad"] | None,
) -> Source:
    if file is not None:
        from myoshift.deploy.replay import Replay

        return Replay(file, raw=cutoff is not None, speed=speed, convention=convention, angle_unit=unit)
    from myoshift.deploy.lsl import connect

    typer.secho(f"looking for the LSL stream {lsl!r} (up to {timeout:g} s)", err=True)
    source = connect(
        str(lsl),
        timeout=timeout,
        convention=convention,
        angle_unit=unit,
        say=lambda text: typer.secho(f"note: {text}", err=True),
    )
    typer.secho(
        f"{source.where}: {len(source.names)} coordinates at {source.rate:.4g} Hz; Ctrl-C ends and writes", err=True
    )
    return source


def _outlet(name: str, live: Live, replay: Source | None) -> Sink:
    from myoshift.deploy.lsl import Outlet

    said = {"look_ahead_seconds": f"{live.latency:g}"}
    return Outlet(name, live.names, live.rate, said, clock=replay.now if replay else None)


def _warm(make: Callable[[], Live], coordinates: int) -> Live:
    """A new one, after another was stepped and thrown away: the first steps of a network cost the most."""
    import numpy as np
    import torch

    torch.set_num_threads(1)  # the matrices are small: more threads only wait for each other
    aside = make()
    for _ in range(WARMING):
        aside.step(np.zeros(coordinates, np.float32))
    return make()


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """A stream that is asked to stop by the system ends as by Ctrl-C: what there is is written."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(flag: Flag) -> None:
    typer.secho(f"note: {flag.where + ': ' if flag.where else ''}{flag.message}", err=True)


def _tell(summary: Summary, live: Live, target: Path | None) -> None:
    counts, where = summary.counts, f"{target}: " if target else ""
    typer.echo(
        f"{where}{summary.rows} rows of {len(live.names)} muscles at {live.rate:g} Hz, {summary.seconds:.2f} s of "
        f"motion; ended: {summary.ended}"
    )
    odd = {
        "with missing or wrong values": counts.bad,
        "twice": counts.duplicates,
        "out of order": counts.out_of_order,
        "with a stray time": counts.stray,
        "never came": counts.dropped,
    }
    listed = "".join(f", {number} {what}" for what, number in odd.items() if number)
    typer.echo(
        f"  samples: {counts.received}{listed or ', none odd'}; intervals SD {counts.interval_sd:.2f} ms, "
        f"longest {counts.interval_longest:.1f} ms"
    )
    typer.echo(f"  frames: {counts.frames}, {counts.bridged} bridged, {counts.lost} lost")
    if summary.step_p50 is not None:
        typer.echo(f"  computing: {summary.step_p50:.2f} ms a row (median), {summary.step_p99:.2f} ms (99 %)")
    if summary.age_p50 is not None:
        typer.echo(
            f"  from the time stamp of a frame to its row: {summary.age_p50:.1f} ms (median), "
            f"{summary.age_p99:.1f} ms (99 %)"
        )
    _delays(summary)


def _delays(summary: Summary) -> None:
    parts: list[Any] = []
    if summary.look_ahead:
        parts.append(f"look-ahead {1000 * summary.look_ahead:.0f} ms")
    if summary.filter_delay:
        parts.append(f"low-pass {1000 * summary.filter_delay:.0f} ms")
    if parts:
        typer.echo(f"  a row describes an earlier instant: {', '.join(parts)}; its time says which")
    if late := {name: delay for name, delay in summary.uncorrected.items() if delay}:
        shown = ", ".join(f"{name} {1000 * delay:.0f} ms" for name, delay in late.items())
        typer.echo(f"  left uncorrected without look-ahead: {shown}")
