"""EMG channels that are none, or that hold something else beside the muscle."""

from __future__ import annotations

import numpy as np

from badinputs.case import Case
from badinputs.trials import as_raw, file, mvc, raw
from conftest import make_walk
from miniatures.emg import RATE, emg, heart, hum
from myoshift import signal
from myoshift.datasets import Preparation, prepare
from myoshift.datasets.inspection import inspect
from myoshift.predictor.problem import Problem

CASES = [
    Case(
        row=25,
        name="amplified",
        make=raw(1e3 * emg()),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "RMS", "V", "10 mV", "mV, or amplified"),
    ),
    Case(
        row=25, name="silent", make=raw(1e-4 * emg()), use=prepare, code="emg_masked", tokens=("ch1", "SD", "0.1 uV")
    ),
    Case(
        row=25,
        name="counts",
        make=raw(np.round(1e7 * emg())),
        use=prepare,
        tokens=("ch1", "integer counts", "RMS", "V"),
    ),
    Case(
        row=29,
        name="above",
        make=file(np.where(np.arange(4000)[:, None] % 1000 < 600, np.nan, emg())),
        use=inspect,
        tokens=("'emg'", "60%", "0.00-0.60 s", "1.00-1.60 s", "2.00-2.60 s"),
    ),
    Case(
        row=29,
        name="below",
        make=raw(np.where(np.arange(4000)[:, None] % 1000 < 10, np.nan, emg())),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "1.0%", "0.00-0.01 s", "1.00-1.01 s", "2.00-2.01 s"),
    ),
    Case(
        row=30,
        name="flat",
        make=raw(0 * emg()),
        use=prepare,
        code="emg_masked",
        tokens=("ch1", "SD 0", "0.00 to 4.00 s"),
    ),
    Case(
        row=30,
        name="disconnected",
        make=raw(np.where((np.arange(4000) // 1000 == 1)[:, None], 1e-7, emg())),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "SD 0", "from 1.00 to 2.00 s"),
    ),
    Case(
        row=30,
        name="none left",
        make=lambda folder: make_walk(seconds=3.0).hidden(),
        use=lambda recording: Problem(("hip_flexion",), ("soleus",), 50.0).labelled([recording], part="source"),
        tokens=("no labelled leg", "soleus"),
    ),
    Case(
        row=31,
        name="clipped",
        make=raw(np.clip(emg(), -0.6 * emg().max(), 0.6 * emg().max())),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "clipped:", "samples", "%", "stuck at -"),
    ),
    Case(
        row=32,
        name="hum",
        make=raw(emg() + 1.5e-5 * hum(50.0)),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "50 Hz", "dB above"),
    ),
    Case(
        row=32,
        name="setting",
        make=raw(emg() + 1.5e-5 * hum(50.0)),
        use=lambda trial: prepare(trial, Preparation(mains=60.0)),
        code="mains_setting",
        tokens=("ch1", "set to 60 Hz", "50 Hz", "dB above"),
    ),
    Case(
        row=33,
        name="motion",
        make=raw(emg() + 4e-5 * hum(4.0)),
        use=prepare,
        code="emg_flag",
        tokens=("ch1", "of the power below 20 Hz"),
    ),
    Case(
        row=33,
        name="heart",
        make=file(heart(), names=("iliocostalis",)),
        use=as_raw,
        code="channel_flag",
        tokens=("iliocostalis", "ECG", "beats a minute", "of the power"),
    ),
    Case(
        row=34,
        name="snr",
        make=file(1e-5 * np.random.default_rng(0).normal(size=(4000, 1))),
        use=as_raw,
        code="channel_masked",
        tokens=("emg", "SNR", "dB", "6 dB"),
    ),
    Case(
        row=34,
        name="crosstalk",
        make=file(np.hstack([emg(), emg() + 0.15 * emg(seed=1)]), names=("a", "b")),
        use=as_raw,
        code="channel_flag",
        tokens=("b", "'a'", "r = 0.9", "crosstalk"),
    ),
    Case(
        row=34,
        name="copy",
        make=file(np.hstack([emg(), 2 * emg()]), names=("a", "b")),
        use=as_raw,
        code="channel_masked",
        tokens=("b", "copy of 'a'", "r = 1.0"),
    ),
    Case(
        row=35, name="zero", make=mvc(0.0), use=signal.mvc_reference, tokens=("MVC of 0", "tibialis", "task peak 0.5")
    ),
    Case(row=35, name="nan", make=mvc(np.nan), use=signal.mvc_reference, tokens=("MVC missing", "task peak 0.5")),
    Case(
        row=35,
        name="missing",
        make=lambda folder: [make_walk(seconds=3.0)],
        use=signal.mvc_reference,
        tokens=("no MVC trial", "'mvc'", "toy-a/s1"),
    ),
    Case(
        row=35,
        name="small",
        make=mvc(0.3),
        use=signal.mvc_reference,
        code="mvc_small",
        tokens=("MVC 0.3", "task peak 0.5", "ratio 1.67", "soleus"),
    ),
    Case(
        row=35,
        name="day",
        make=mvc(1.0, session="2"),
        use=signal.mvc_reference,
        code="mvc_day",
        tokens=("another", "2"),
    ),
    Case(
        row=36,
        name="enveloped",
        make=raw(signal.envelope(emg(), RATE)),
        use=prepare,
        tokens=("ch1", "min ", ">= 0", "declare it as envelope"),
    ),
    Case(
        row=36,
        name="rectified",
        make=lambda folder: np.abs(emg()),
        use=lambda values: signal.envelope(values, RATE),
        tokens=("min", "envelope"),
    ),
    Case(
        row=37,
        name="nyquist",
        make=raw(emg()),
        use=lambda trial: prepare(trial, Preparation(emg_high=600.0)),
        tokens=("600", "Nyquist", "500"),
    ),
    Case(
        row=37,
        name="short",
        make=lambda folder: emg()[:10],
        use=lambda values: signal.envelope(values, RATE),
        tokens=("10 samples available", "needed"),
    ),
    Case(
        row=37,
        name="zero",
        make=raw(emg()),
        use=lambda trial: prepare(trial, Preparation(emg_cutoff=0.0)),
        tokens=("0", "Nyquist"),
    ),
]
