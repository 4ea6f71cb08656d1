"""`python -m knowntruth.synergies [--draws N] [--noise white|smooth]`: is the number of planted synergies found?"""

from __future__ import annotations

import argparse
import time

import numpy as np

from myoshift import signal
from myoshift.physiology.rank import rank_by_cross_validation, rank_by_vaf

RATE, SECONDS, MOST = 50.0, 20.0, 5
NOISE = ("white", "smooth")


def planted(seed, noise="white", decibel=20.0):
    """Activation (T, M) of 1 to 5 synergies of 8 to 16 muscles, and their number.

    Half of the weights are 0.2 to 1, the others below 0.1; one burst a cycle, whose height differs from cycle to
    cycle; each muscle over its 95th percentile; Gaussian noise 20 dB below the signal over all muscles, white or
    low-passed at 6 Hz; clipped at 0.
    """
    random = np.random.default_rng(seed)
    rank, muscles = int(random.integers(1, MOST + 1)), int(random.integers(8, 17))
    size = (muscles, rank)
    weights = np.where(random.uniform(size=size) < 0.5, random.uniform(0.2, 1, size), random.uniform(0, 0.1, size))
    weights[random.integers(muscles, size=rank), np.arange(rank)] = 1.0
    clock = np.arange(round(RATE * SECONDS)) / RATE / random.uniform(0.9, 1.3)
    bursts = np.stack([burst(clock, random) for _ in range(rank)], axis=1)
    values = bursts @ weights.T
    values /= np.percentile(values, 95, axis=0)
    draw = random.normal(size=values.shape)
    if noise == "smooth":
        draw = signal.lowpass(draw, RATE, 6.0)
    draw *= np.sqrt(np.mean(values**2) / np.mean(draw**2) / 10 ** (decibel / 10))
    return np.maximum(values + draw, 0.0), rank


def burst(clock, random):
    """One synergy's activation over cycles."""
    centre, width = random.uniform(), random.uniform(0.05, 0.12)
    height = np.clip(1 + 0.25 * random.normal(size=int(clock[-1]) + 1), 0.2, None)[clock.astype(int)]
    away = np.abs((clock - centre + 0.5) % 1 - 0.5)
    return 0.05 + height * np.exp(-0.5 * (away / width) ** 2)


def found(seed, noise):
    """The planted number, those by hidden stretches, by VAF and by plateau; 9 where a rule found none."""
    values, rank = planted(seed, noise)
    curve = rank_by_vaf(values, restarts=3, seed=seed)
    return rank, rank_by_cross_validation(values, seed=seed).rank, curve.rank or 9, curve.plateau or 9


def main():
    """A line for each rule."""
    parser = argparse.ArgumentParser(prog="knowntruth.synergies", description=__doc__)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--noise", choices=NOISE, action="append")
    asked = parser.parse_args()
    for noise in asked.noise or NOISE:
        begun = time.process_time()
        table = np.array([found(seed, noise) for seed in range(asked.draws)])
        print(f"{noise} noise, 20 dB, {asked.draws} draws, {time.process_time() - begun:.0f} s")
        for number, rule in enumerate(("hidden stretches", "VAF", "plateau"), start=1):
            off = table[:, number] - table[:, 0]
            within, exact = np.mean(np.abs(off) <= 1), np.mean(off == 0)
            print(
                f"  {rule:16}  within 1: {within:6.1%}  exact: {exact:6.1%}  mean difference {off.mean():+.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
