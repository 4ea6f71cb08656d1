"""`python -m fuzz.coverage [--reader NAME ...] [--seconds S]`: damage that is guided by what code it reaches.

Needs `atheris` (libFuzzer). Only our own parsers are of use here: those that hand bytes to a C library show no
coverage. A file that makes a reader raise anything but a refusal is kept in `tests/fuzz/corpus/READER.HASH`, and
`tests/test_fuzz.py` reads it from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path

from myoshift.errors import DataRefused

CORPUS = Path(__file__).parent / "corpus"
OURS = ("c3d float", "sto", "trc", "csv", "npy", "edf", "bdf", "delsys", "mint pkl", "mint csv")
LARGEST = 20_000  # bytes of a case that is kept


def main():
    """One child for each reader, since libFuzzer ends its process; exit code 1 if any found a case."""
    parser = argparse.ArgumentParser(prog="fuzz.coverage", description=__doc__)
    parser.add_argument("--reader", action="append", choices=OURS)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("atheris does not install on this Python: nothing was done")
        return
    failed = []
    for name in asked.reader or OURS:
        child = os.fork()
        if not child:
            fuzz(name, asked.seconds)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            failed.append(name)
    print("cases were kept of:", ", ".join(failed) or "no reader")
    sys.exit(bool(failed))


def fuzz(name, seconds):
    """Fuzz one reader; never returns."""
    import atheris

    with atheris.instrument_imports(include=["myoshift.formats"]):
        from fuzz.targets import TARGETS

    target = next(each for each in TARGETS if each.name == name)
    home = Path(tempfile.mkdtemp())
    path, seeds = home / f"mutant{target.suffix}", home / "seeds"
    seeds.mkdir()
    for number, original in enumerate(target.originals):
        (seeds / str(number)).write_bytes(original.data)

    def once(data):
        path.write_bytes(data)
        try:
            target.read(path)
        except DataRefused:
            pass
        except Exception:
            keep(name, data)
            raise

    options = [
        f"-max_total_time={seconds}",
        "-rss_limit_mb=3072",
        "-timeout=10",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={home}/", str(seeds)], once)
    atheris.Fuzz()


def keep(name, data):
    """Keep a case for the regression test, unless it is too large to be kept for ever."""
    if len(data) > LARGEST:
        return
    CORPUS.mkdir(exist_ok=True)
    digest = hashlib.sha256(data).hexdigest()[:12]
    (CORPUS / f"{name.replace(' ', '_')}.{digest}").write_bytes(data)


if __name__ == "__main__":
    main()
