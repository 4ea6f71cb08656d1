"""Tables of text that are empty, cut, mislabelled, or written with another pen."""

from __future__ import annotations

import numpy as np

from badinputs.case import Case, content
from formats.test_sto import text
from miniatures.bids import ENDS, write_emg
from miniatures.delsys import emgworks
from myoshift import formats
from myoshift.datasets.inspection import inspect

ROWS = ["0\t1\t2", "0.01\t3\t4", "0.02\t5\t6"]
CSV = "time,emg\n" + "".join(f"{k / 100:g},{k % 7}\n" for k in range(50))


def sto(name="walk.sto", /, **options):
    return content(name, text(**options))


def csv(raw, name="emg.csv"):
    return content(name, raw)


def at(**options):
    """Read with these options of the reader."""
    return lambda path: formats.read(path, **options)


def dropped(folder):
    """Half a second of a hundred hertz is lost, twice."""
    time = np.delete(np.arange(300) / 100, np.r_[50:100, 200:220])
    return sto(rows=[f"{t:g}\t{t:g}\t1" for t in time], head="x\ninDegrees=no")(folder)


def jittered(folder):
    random = np.random.default_rng(0)
    time = np.arange(300) / 100 + random.uniform(0, 0.003, 300)
    return sto(rows=[f"{t:.5f}\t{t:g}\t1" for t in time], head="x\ninDegrees=no")(folder)


def held(folder):
    random = np.random.default_rng(0)
    emg, acc = random.normal(size=400), np.repeat(random.normal(size=40), 10)
    rows = "".join(f"{a:.6f},{b:.6f}\n" for a, b in zip(emg, acc, strict=True))
    return csv("emg,acc\n" + rows)(folder)


def blank(folder):
    rows = "".join(f"{k % 13},{k % 5 if k < 40 else ''}\n" for k in range(400))
    return csv("emg,acc\n" + rows)(folder)


def order(folder):
    """The sidecar names the two EMG channels the other way round."""
    names = list(ENDS)
    return write_emg(folder, rows={names[1]: ENDS[names[1]], names[0]: ENDS[names[0]], names[2]: ENDS[names[2]]})


def mixed(folder):
    labels = "time\tsoleus_r\tR_TA\tRight Vastus\tL_TA"
    return sto(labels=labels, rows=[f"{k / 100}\t1\t2\t3\t{k}" for k in range(30)])(folder)


CASES = [
    Case(row=1, name="sto", make=content("a.sto", ""), tokens=("a.sto", "empty", "0 bytes")),
    Case(row=1, name="csv", make=content("a.csv", ""), use=at(rate=100.0), tokens=("a.csv", "empty", "0 bytes")),
    Case(row=1, name="c3d", make=content("a.c3d", b""), tokens=("a.c3d", "empty", "0 bytes")),
    Case(row=1, name="npz", make=content("a.npz", b""), tokens=("a.npz", "empty", "0 bytes")),
    Case(row=2, name="sto", make=sto(rows=[*ROWS, "0.03\t7"]), tokens=("walk.sto", "truncated", "2 cells", "3")),
    Case(
        row=2, name="csv", make=csv("a,b\n1,2\n3"), use=at(rate=1.0), tokens=("truncated", "1 numbers", "2 columns")
    ),
    Case(row=3, name="csv as sto", make=content("a.sto", CSV), tokens=("endheader", "csv", "sto", "time,emg")),
    Case(row=3, name="html", make=content("a.html", "<!DOCTYPE html><p>"), tokens=("html", "<!DOCTYPE html>")),
    Case(row=3, name="html as sto", make=content("a.sto", "<!DOCTYPE html>"), tokens=("html", "sto", "<!DOCTYPE")),
    Case(row=7, name="sto rows", make=sto(head="x\nnRows=2147483648"), tokens=("nRows", "2147483648", "bytes")),
    Case(row=8, name="rows", make=sto(head="x\nnRows=50\nnColumns=3"), code="rows", tokens=("50", "3", "used")),
    Case(row=8, name="columns", make=sto(head="x\nnColumns=9"), code="columns", tokens=("9", "3", "used")),
    Case(
        row=9,
        name="endheader",
        make=content("a.sto", text().replace("endheader\n", "")),
        tokens=("endheader", "line 1"),
    ),
    Case(row=9, name="ragged", make=sto(rows=[ROWS[0], "0.01\t3", ROWS[2]]), tokens=("line 9", "ragged", "2 cells")),
    Case(
        row=9,
        name="cell",
        make=sto(rows=[ROWS[0], "0.01\t" + "x" * 60 + "\t4"]),
        tokens=("line 9, column 2", "'" + "x" * 40 + "...'"),
    ),
    Case(row=10, name="comma", make=sto(rows=["0\t1,5\t2", ROWS[1]]), tokens=("line 8", "'1,5'", "decimal=','")),
    Case(row=10, name="csv", make=csv("a;b\n1,5;2\n"), use=at(rate=1.0), tokens=("line 2", "'1,5'", "decimal=','")),
    Case(
        row=10,
        name="thousands",
        make=csv("a;b\n1.234,5;2\n"),
        use=at(rate=1.0),
        tokens=("line 2", "'1.234,5'", "decimal"),
    ),
    Case(
        row=10, name="delimiter", make=csv("a\tb\n1 2\n"), use=at(rate=1.0), tokens=("line 2", "'1 2'", "delimiter=")
    ),
    Case(row=11, name="bom", make=content("a.sto", "\ufeff" + text()), code="encoding", tokens=("UTF-8 byte-order",)),
    Case(row=11, name="utf-16", make=content("a.sto", text().encode("utf-16")), code="encoding", tokens=("UTF-16",)),
    Case(row=11, name="crlf", make=csv("a,b\r\n1,2\r\n"), use=at(rate=1.0), code="encoding", tokens=("carriage",)),
    Case(
        row=11,
        name="latin-1",
        make=content("a.sto", text(labels="time\tM\u00fcskel\tb").encode("latin-1")),
        code="encoding",
        tokens=("byte", "latin-1"),
    ),
    Case(row=11, name="cut", make=content("a.sto", text().encode("utf-16")[:-1]), tokens=("UTF-16", "byte")),
    Case(row=12, name="sto", make=sto(labels="time\ta\ta"), tokens=("duplicate", "'a': [2, 3]")),
    Case(row=12, name="csv", make=csv("a,a\n1,2\n"), use=at(rate=1.0), tokens=("duplicate", "'a': [1, 2]")),
    Case(
        row=14,
        name="styles",
        make=mixed,
        use=inspect,
        code="sides",
        tokens=("_r (soleus_r)", "R_ (R_TA)", "Right (Right Vastus)", "assumed", "L_TA = left", "soleus_r = right"),
    ),
    Case(row=16, name="bids", make=order, tokens=("position 1", "'EMG0'", "'EMG1'", "in the sidecar")),
    Case(row=17, name="missing", make=csv("a,b\n1,2\n"), tokens=("no sampling rate", "rate=", "states none")),
    Case(row=17, name="zero", make=sto(head="x\nDataRate=0"), tokens=("declared", "0 Hz")),
    Case(row=17, name="nan", make=csv("a\n1\n"), use=at(rate=float("nan")), tokens=("rate", "nan Hz")),
    Case(row=17, name="other", make=sto(head="x\nDataRate=200"), tokens=("declared 200 Hz", "measured 100 Hz")),
    Case(row=18, name="back", make=sto(rows=ROWS[::-1]), tokens=("row 2", "0.02 s", "0.01 s", "increase")),
    Case(row=18, name="twice", make=sto(rows=[ROWS[0], ROWS[0]]), tokens=("row 2", "0 s is followed by 0 s")),
    Case(
        row=19,
        name="lost",
        make=dropped,
        use=inspect,
        code="gaps",
        tokens=("2 gaps", "longest 0.51 s", "0.7 s in total", "limit is 50 ms"),
    ),
    Case(
        row=19, name="jitter", make=jittered, code="irregular", tokens=("of 299 steps", "longest", "missing in all")
    ),
    Case(
        row=22, name="held", make=held, use=at(rate=2000.0), tokens=("2000 Hz: emg", "200 Hz: acc", "several rates")
    ),
    Case(
        row=22, name="blank", make=blank, use=at(rate=2000.0), tokens=("2000 Hz: emg", "200 Hz: acc", "several rates")
    ),
    Case(
        row=24,
        name="delsys",
        make=content("emg.csv", emgworks(units=False)),
        tokens=("no unit", "channel", "accepted: V, mV, uV", "unit="),
    ),
]
