"""The filters of an envelope as a paper has to report them: order, passes, cut-offs as designed and as they act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfreqz

from myoshift.signal.filters import ORDER, band_edge, refuse_edges
from myoshift.types import Array


@dataclass(frozen=True, kw_only=True)
class Design:
    """Band-pass and low-pass of an envelope; `passes` 2 is zero-phase (forwards, backwards), 1 is causal.

    `order` is what scipy is asked for; each edge falls with `effective_order`. A second pass doubles the loss: the
    -3 dB points (`effective_band`, `effective_cutoff`) move into the pass-band, and the design edges are at -6 dB.

    Raises
    ------
    DataRefused
        When a cut-off does not fit the rate.
    """

    rate: float
    low: float = 20.0
    high: float | None = None
    cutoff: float = 6.0
    passes: int = 2
    order: int = ORDER

    def __post_init__(self) -> None:
        refuse_edges(self.rate, self.band, "bandpass")
        refuse_edges(self.rate, (self.cutoff,), "lowpass")

    @property
    def band(self) -> tuple[float, float]:
        """Edges of the band-pass as designed, Hz."""
        return self.low, band_edge(self.rate) if self.high is None else self.high

    @property
    def bandpass(self) -> Array:
        """Second-order sections."""
        return np.asarray(butter(self.order, self.band, "bandpass", fs=self.rate, output="sos"))

    @property
    def lowpass(self) -> Array:
        """Second-order sections."""
        return np.asarray(butter(self.order, self.cutoff, "lowpass", fs=self.rate, output="sos"))

    @property
    def effective_order(self) -> int:
        """Order of the slopes after all passes."""
        return self.order * self.passes

    @property
    def effective_band(self) -> tuple[float, float]:
        """The -3 dB points of the band-pass after all passes, Hz."""
        inside = self._passed(self.bandpass)
        return float(inside[0]), float(inside[-1])

    @property
    def effective_cutoff(self) -> float:
        """The -3 dB point of the low-pass after all passes, Hz."""
        return float(self._passed(self.lowpass)[-1])

    @property
    def delay(self) -> float:
        """Seconds by which slow changes of the envelope come late; 0 with two passes.

        The group delay of the low-pass, averaged from 0 Hz to half its cut-off, and that of the band-pass, averaged
        over its pass-band: it delays the carrier's packets.
        """
        if self.passes == 2:
            return 0.0
        slow = np.linspace(0.02, 0.5, 49) * self.cutoff
        fast = np.linspace(*self.band, 400)
        return float(self._late(self.lowpass, slow).mean() + self._late(self.bandpass, fast).mean())

    def __str__(self) -> str:
        """One sentence for a methods section."""
        low, high = self.effective_band
        late = "zero-phase" if self.passes == 2 else f"causal, {1000 * self.delay:.0f} ms late"
        times = "twice" if self.passes == 2 else "once"
        return (
            f"Butterworth N = {self.order} run {times} (effective order {self.effective_order}, {late}): band-pass "
            f"{self.band[0]:g}-{self.band[1]:g} Hz by design, {low:.1f}-{high:.1f} Hz at -3 dB; rectified; low-pass "
            f"{self.cutoff:g} Hz by design, {self.effective_cutoff:.2f} Hz at -3 dB; {self.rate:g} Hz"
        )

    def _passed(self, sections: Array) -> Array:
        """Frequencies (Hz, a hundredth apart in relation) at which no more than 3 dB are lost."""
        frequency = np.geomspace(self.cutoff / 20, 0.4999 * self.rate, 200_000)
        gain = np.abs(sosfreqz(sections, frequency, fs=self.rate)[1]) ** self.passes
        return np.asarray(frequency[gain >= gain.max() / np.sqrt(2)])

    def _late(self, sections: Array, frequency: Array) -> Array:
        """Group delay (s) at frequencies in Hz: minus the slope of the phase over the angular frequency."""
        step = 1e-4 * frequency
        phases = [np.angle(sosfreqz(sections, frequency + s, fs=self.rate)[1]) for s in (-step, step)]
        turn = np.angle(np.exp(1j * (phases[1] - phases[0])))
        return np.asarray(-turn / (2 * np.pi * 2 * step))
