"""What can be learned from beside measurements, at the rate of the benchmark: twins, virtual laboratories, data sets.

A data set of simulated activations is learned from only where the benchmark has a `synthetic` part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoshift import anatomy, signal
from myoshift.bench import kinds, synthetic
from myoshift.bench.spec import Benchmark
from myoshift.bench.synthetic import Supply
from myoshift.types import Recording


def at_rate(recording: Recording, rate: float) -> Recording:
    """The recording at another rate, without aliasing; envelopes stay non-negative."""
    if recording.rate == rate:
        return recording
    motion = signal.resample(recording.motion.astype(np.float64), recording.rate, rate)
    activation = signal.resample(recording.activation.astype(np.float64), recording.rate, rate)
    return replace(
        recording,
        motion=motion.astype(np.float32),
        activation=np.maximum(activation, 0.0).astype(np.float32),
        rate=rate,
    )


def supply(spec: Benchmark, recordings: Sequence[Recording]) -> Supply:
    """The synthetic source of a benchmark that has one, at its rate."""
    if spec.synthetic is None:
        return Supply()
    from myoshift.datasets.base import user_cache

    known = [r for r in recordings if kinds.of_kind(r, spec.kinds)]
    own = [r for r in known if r.kind == "emg_envelope"]
    tuned = any(protocol.name == "synthetic_tuned" for protocol in spec.protocols)
    found = synthetic.supply(spec.synthetic, own, user_cache() / "store", tuned=tuned)
    rate, strands = spec.rate, anatomy.strands(spec.outputs)
    return replace(
        found,
        twins={key: tuple(at_rate(r, rate) for r in each) for key, each in found.twins.items()},
        virtual=tuple(at_rate(r, rate) for r in found.virtual),
        sensed=tuple(at_rate(r, rate) for r in found.sensed),
        published=tuple(at_rate(seen(r, strands), rate) for r in known if r.kind == "simulated"),
    )


def seen(recording: Recording, strands: Sequence[str]) -> Recording:
    """The recording with those muscles only that outputs are made of: a whole body has five times as many."""
    wanted = set(strands)
    kept = [k for k, name in enumerate(recording.activation_names) if anatomy.split_side(name)[0] in wanted]
    names = tuple(recording.activation_names[k] for k in kept)
    return replace(recording, activation=recording.activation[:, kept], activation_names=names)
