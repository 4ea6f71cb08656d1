"""Runs mutants in forked workers under a limit of memory and time, and says what became of each."""

from __future__ import annotations

import faulthandler
import json
import math
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.mutant import mutant
from fuzz.targets import facts
from myoshift.errors import DataRefused

MEMORY = 3 * 2**30
SECONDS = 5
VERDICTS = ("same", "refused", "flagged", "legitimate", "silent", "crashed")


@dataclass
class Tally:
    """What became of the mutants of one reader; `bad` tells those that were silent or crashed."""

    counts: Counter = field(default_factory=Counter)
    bad: list = field(default_factory=list)
    seconds: float = 0.0
    slowest: float = 0.0
    megabytes: float = 0.0


def judge(target, number, path):
    """The verdict on one mutant and, for a bad one, what happened."""
    original, changed = mutant(target, number)
    path.write_bytes(changed.data)
    try:
        found = target.read(path)
        ours = facts(found)
    except DataRefused as error:
        if str(path) not in str(error):
            return "crashed", f"{changed.damage}: the refusal does not name the file: {error}"
        return "refused", ""
    except BaseException:
        return "crashed", f"{changed.damage}: {traceback.format_exc(limit=-3)}"
    if alike(ours, original.facts):
        return "same", ""
    if getattr(found, "flags", ()):
        return "flagged", ""
    if changed.states is not None and alike(ours, changed.states):
        return "legitimate", ""
    return "silent", f"{changed.damage}: {ours} for {original.facts}"


def alike(a, b):
    """Equal shapes, rates equal to 0.1 %."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-3)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    return a == b


def run(target, numbers):
    """Judge mutants by their numbers; a worker that dies is replaced and the mutant that killed it is told."""
    tally, begin, left = Tally(), time.perf_counter(), list(numbers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"mutant{target.suffix}")
        while left:
            left = left[_batch(target, left, path, tally) :]
    tally.seconds = time.perf_counter() - begin
    return tally


def _batch(target, numbers, path, tally):
    """Judge in one worker until all are done or it dies; the number of those that are dealt with."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    worker = os.fork()
    if not worker:
        os.close(reading)
        _work(target, numbers, path, writing)
    os.close(writing)
    done = 0
    with os.fdopen(reading) as lines:
        for line in lines:
            verdict, note, seconds, megabytes = json.loads(line)
            _note(tally, target, numbers[done], verdict, note)
            tally.slowest, tally.megabytes = max(tally.slowest, seconds), max(tally.megabytes, megabytes)
            done += 1
    status = os.waitpid(worker, 0)[1]
    if done < len(numbers):
        killer = os.waitstatus_to_exitcode(status)
        _note(tally, target, numbers[done], "refused" if target.dies else "crashed", f"the worker died: {killer}")
        done += 1
    return done


def _note(tally, target, number, verdict, note):
    tally.counts[verdict] += 1
    if verdict in ("silent", "crashed"):
        tally.bad.append(f"{target.name} {number}: {note}")


def _work(target, numbers, path, writing):
    """The life of a worker: never returns."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        faulthandler.disable()
        warnings.simplefilter("ignore")
        with os.fdopen(writing, "w") as out:
            for number in numbers:
                signal.alarm(SECONDS)
                start = time.perf_counter()
                verdict, note = judge(target, number, path)
                seconds = time.perf_counter() - start
                megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                out.write(json.dumps([verdict, note, seconds, megabytes]) + "\n")
                out.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
