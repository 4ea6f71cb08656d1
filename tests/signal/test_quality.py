from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from myoshift import formats, signal
from myoshift.errors import DataRefused

RATE = 1000.0


def emg(seconds=4.0, seed=0, channels=1):
    """Raw surface EMG of a muscle that bursts once a second: coloured noise (20-200 Hz), modulated, in volts."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    noise = random.normal(size=(len(time), channels))
    coloured = sosfiltfilt(butter(2, [30, 120], "bandpass", fs=RATE, output="sos"), noise, axis=0)
    burst = 0.1 + np.exp(4 * (np.cos(2 * np.pi * time) - 1))
    return 1e-4 * burst[:, None] * coloured + 1e-7 * random.normal(size=noise.shape)


def envelope(seconds=10.0, rate=100.0):
    time = np.arange(round(seconds * rate)) / rate
    return np.exp(4 * (np.cos(2 * np.pi * time) - 1))[:, None]


def verdict(values, *, kind="raw", rate=RATE, unit="V", **limits):
    (found,) = signal.verdicts(values, rate, ["x"], kind=kind, unit=unit, limits=signal.Limits(**limits))
    return found


def test_sound_emg_passes():
    found = verdict(emg())
    assert (found.channel, found.status, found.reasons) == ("x", "pass", ())
    assert 40 < found.numbers["median_frequency"] < 160
    assert 0.4 < found.numbers["cv"] < 1.6


def test_a_sound_envelope_passes():
    assert verdict(envelope(), kind="envelope", rate=100.0, unit="1").status == "pass"


@given(gain=st.floats(1e-2, 1e4), offset=st.floats(-1, 1))
@settings(deadline=None, max_examples=10)
def test_a_verdict_depends_on_neither_gain_nor_offset(gain, offset):
    assert verdict(gain * (emg() + offset), unit="").status == "pass"


def test_bad_29_missing_samples():
    values = emg()
    values[100:110] = np.nan
    found = verdict(values)
    assert (found.status, found.reasons) == ("flag", ("0.2% of the samples missing, first 0.10-0.11 s",))
    values[1000:1600] = np.inf
    found = verdict(values)
    assert found.status == "masked"
    assert found.reasons == ("15.2% of the samples missing, first 0.10-0.11 s, 1.00-1.60 s",)
    assert verdict(np.full((100, 1), np.nan)).reasons == ("never measured",)


@pytest.mark.parametrize("level", [0.0, 2.5])
@pytest.mark.parametrize("kind", ["raw", "envelope"])
def test_bad_30_a_constant_channel(level, kind):
    found = verdict(np.full((2000, 1), level), kind=kind)
    assert (found.status, found.reasons) == ("masked", ("flat: SD 0 from 0.00 to 2.00 s",))


def test_bad_30_a_channel_below_a_tenth_of_a_microvolt():
    quiet = 1e-3 * emg() * 1e-2
    assert verdict(quiet).reasons[0].startswith("flat: SD 0.000")
    assert verdict(quiet * 1e6, unit="uV").status == "masked"
    assert verdict(quiet, unit="").status == "pass"


def test_bad_30_an_amplifier_without_a_signal():
    found = verdict(5e-4 * np.random.default_rng(0).normal(size=(4000, 1)))
    assert found.status == "masked"
    assert any("amplifier noise: median frequency" in reason and "200 Hz" in reason for reason in found.reasons)
    assert any("hardly modulated" in reason for reason in found.reasons)


@pytest.mark.parametrize(("level", "status"), [(0.9, "pass"), (0.6, "flag"), (0.3, "masked")])
def test_bad_31_clipping(level, status):
    values = emg()
    clipped = np.clip(values, -level * values.max(), level * values.max())
    found = verdict(clipped)
    assert found.status == status
    if status != "pass":
        share = found.numbers["clipped"]
        assert share <= np.mean(np.abs(clipped) == clipped.max()), "runs of three and more"
        said = f"clipped: {found.numbers['clipped_samples']:.0f} samples, {share:.1%}, stuck at {clipped.min():.3g}"
        assert said in found.reasons[0]


def test_equal_neighbours_below_the_extremes_are_not_clipping():
    values = emg().round(5)
    values[np.argmax(values)], values[np.argmin(values)] = 1.0, -1.0
    assert verdict(values).numbers["clipped"] == 0


@pytest.mark.parametrize("line", [50.0, 60.0])
def test_bad_32_mains(line):
    hum = np.sin(2 * np.pi * line * np.arange(4000) / RATE)[:, None]
    found = verdict(emg() + 1.5e-5 * hum)
    assert found.status == "flag"
    assert f"mains: {line:g} Hz stands" in found.reasons[0]
    assert "dB above its neighbours" in found.reasons[0]
    assert verdict(emg() + 1e-3 * hum).status == "masked"


def test_bad_33_motion_artefact():
    sway = np.sin(2 * np.pi * 2.3 * np.arange(4000) / RATE)[:, None]
    power = emg().std()
    found = verdict(emg() + power * sway)
    assert found.status == "flag"
    assert "motion artefact: 33% of the power below 20 Hz" in found.reasons
    assert verdict(emg() + 5 * power * sway).status == "masked"


def test_one_artefact_alone_is_masked():
    values = 1e-6 * emg()
    values[2000:2040] += 1.0 * np.sin(np.arange(40))[:, None]
    found = verdict(values, unit="")
    assert found.status == "masked"
    assert any("artefact: coefficient of variation" in reason and "0.25-2.2" in reason for reason in found.reasons)


def test_bad_34_a_copied_channel():
    values = emg(channels=3)
    values[:, 2] = 3 * values[:, 0] + 1e-3
    first, second, third = signal.verdicts(values, RATE, ["a", "b", "c"], kind="raw", unit="V")
    assert (first.status, second.status) == ("pass", "pass")
    assert (third.status, third.reasons) == ("masked", ("copy of 'a': r = 1.00000",))


def test_bad_34_crosstalk_is_flagged_in_raw_emg_only():
    values = emg(channels=2)
    values[:, 1] = values[:, 0] + 0.1 * values[:, 1]
    _, second = signal.verdicts(values, RATE, ["a", "b"], kind="raw", unit="V")
    assert second.status == "flag"
    assert second.reasons[0].startswith("almost a copy of 'a': r = 0.99")
    bursts = np.concatenate([envelope(), envelope() ** 2], axis=1)
    assert [v.status for v in signal.verdicts(bursts, 100.0, ["a", "b"], kind="envelope")] == ["pass", "pass"]


def test_bad_36_an_envelope_declared_as_raw():
    found = verdict(signal.envelope(emg(), RATE))
    assert found.status == "masked"
    assert found.reasons[0].startswith("rectified or enveloped already: min ")
    assert found.reasons[0].endswith("declare it as envelope")
    demeaned = signal.envelope(emg(), RATE) - 1e-5
    assert "of the power above 100 Hz; declare it as envelope" in verdict(demeaned).reasons[0]


def test_an_envelope_that_dips_below_zero_is_flagged():
    found = verdict(envelope() - 0.01, kind="envelope", rate=100.0, unit="1")
    assert found.status == "flag"
    assert "of an envelope below 0, lowest -0.00" in found.reasons[0]


@pytest.mark.parametrize(
    ("values", "what"), [(1 + 0.1 * envelope(), "hardly modulated"), (envelope() ** 40, "artefact")]
)
def test_an_envelope_with_unnatural_modulation_is_masked(values, what):
    found = verdict(values, kind="envelope", rate=100.0, unit="1")
    assert found.status == "masked"
    assert found.reasons[0].startswith(f"{what}: coefficient of variation")
    assert verdict(values, kind="envelope", rate=100.0, unit="1", cv_low=0.0, cv_high=99.0).status == "pass"


def test_limits_are_respected():
    values = emg()
    values[100:110] = np.nan
    assert verdict(values, missing=0.001).status == "masked"
    assert verdict(emg(), noise=50.0).status == "masked"


@pytest.mark.parametrize("samples", [1, 2, 10, 100])
def test_a_very_short_channel_still_gets_a_verdict(samples):
    assert verdict(emg()[:samples]).channel == "x"


@pytest.mark.parametrize(("rate", "names"), [(0.0, ["x"]), (1000.0, ["x", "y"])])
def test_verdicts_need_rate_and_names(rate, names):
    with pytest.raises(DataRefused, match="a rate and a name for every channel"):
        signal.verdicts(emg(), rate, names, kind="raw")


TRUSTED = {
    "HC002D": "R", "HC030A": "LR", "HC031A": "R", "HC032A": "L", "HC033A": "R", "HC036A": "L",
    "HC038A": "R", "HC039A": "L", "HC040A": "", "HC044A": "R", "HC050A": "R", "HC055A": "",
}  # fmt: skip
DISCONNECTED = {("HC030A", "Turn", "R Gast"), ("HC050A", "Straight", "R Hams"), ("HC050A", "Turn", "R Hams")}
# The right side of HC030A is trusted on the whole, but three of its channels are noise or hum; and one channel of the
# disconnected right side of HC039A looks like EMG. Nothing in the signal could tell.
DISAGREE = {
    ("HC030A", "Straight", "R Gast"),
    ("HC030A", "Straight", "R Tib Ant"),
    ("HC030A", "Turn", "R Rect"),
    ("HC039A", "Straight", "R Tib Ant"),
}


def test_verdicts_find_the_trusted_sides_of_mcgill(data_root):
    trials = sorted((data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files").glob("*/*/*.c3d"))
    channels = tuple(f"{side} {muscle}" for side in "LR" for muscle in ("Rect", "Hams", "Gast", "Tib Ant"))
    wrong = set()
    for file in trials:
        subject, task = file.parts[-3], file.parts[-2]
        table = formats.read_c3d(file).analog_table(tuple(f"Voltage.{channel}" for channel in channels))
        for channel, found in zip(
            channels, signal.verdicts(table.values, table.rate, channels, kind="raw", unit="V"), strict=True
        ):
            good = channel[0] in TRUSTED[subject] and (subject, task, channel) not in DISCONNECTED
            if good != (found.status != "masked"):
                wrong.add((subject, task, channel))
    assert len(trials) * len(channels) == 192
    assert wrong == DISAGREE


def test_stanford_delivers_a_copied_channel(data_root):
    table = formats.read_sto(data_root / "stanford-matlabso/TestData/EMG_allMuscles.sto")
    found = signal.verdicts(table.values, table.rate, table.names, kind="envelope")
    masked = {v.channel: v.reasons[0] for v in found if v.status == "masked"}
    assert masked == {"vasint_l_activation": "copy of 'vaslat_l_activation': r = 1.00000"}
    assert all("below 0" in reason for v in found if v.status == "flag" for reason in v.reasons)


@pytest.mark.parametrize("trial", ["walk36", "walk45", "run81"])
def test_ceinmsrt_delivers_envelopes_that_dip_below_zero(data_root, trial):
    table = formats.read_sto(data_root / f"ceinmsrt-lowerlimb/data/{trial}/emgFilt.sto")
    found = signal.verdicts(table.values, table.rate, table.names, kind="envelope")
    assert {v.status for v in found} <= {"pass", "flag"}
    as_raw = signal.verdicts(table.values, table.rate, table.names, kind="raw")
    assert all(v.status == "masked" for v in as_raw)


def test_bad_25_an_amplitude_that_no_muscle_has_in_its_unit():
    (reason,) = verdict(1e3 * emg(), unit="V").reasons
    assert reason.startswith("RMS 0.0")
    assert "above 10 mV: mV, or amplified" in reason
    assert verdict(1e6 * emg(), unit="V").reasons[0].split("mV: ")[1].startswith("uV,")
    assert "10 mV: amplified, and not divided by the gain" in verdict(1e9 * emg(), unit="V").reasons[0]
    assert verdict(1e6 * emg(), unit="uV").status == "pass"


@pytest.mark.parametrize(("unit", "status"), [("V", "masked"), ("", "masked"), ("counts", "pass"), ("uV", "pass")])
def test_bad_25_whole_numbers_are_no_volts(unit, status):
    found = verdict(np.round(emg() * 1e7), unit=unit)
    assert found.status == status
    assert (status == "masked") == any(reason.startswith("integer counts of a converter") for reason in found.reasons)


def test_bad_30_a_channel_that_is_disconnected_for_a_while():
    values = emg()
    values[1500:2500] = 3e-7
    assert "disconnected: SD 0 from 1.50 to 2.50 s" in verdict(values).reasons


def test_bad_33_a_heart_in_the_channel_of_a_trunk_muscle():
    beats = np.zeros(20_000)
    beats[np.cumsum(np.random.default_rng(0).normal(800, 25, 24)).astype(int)] = 1
    qrs = np.diff(np.exp(-0.5 * (np.arange(-60, 61) / 12) ** 2), prepend=0.0)
    heart = 4e-3 * np.convolve(beats, qrs, "same")[:, None]
    (reason,) = [each for each in verdict(emg(20.0) * 0.1 + heart).reasons if each.startswith("ECG")]
    assert " beats a minute" in reason
    assert float(reason.split()[1]) == pytest.approx(75, abs=2)
    assert "of the power" in reason
    assert not [each for each in verdict(emg(20.0)).reasons if each.startswith("ECG")]


def test_bad_34_a_muscle_that_hardly_stands_out():
    noise = 2e-5 * (emg(seed=3) / emg(seed=3).std() + 0.0)
    steady = noise / np.abs(noise).max() * 1e-4
    found = verdict(2e-5 * np.random.default_rng(0).normal(size=(4000, 1)), cv_low=0.0, noise=900.0)
    assert [reason.split(" dB")[0][:3] for reason in found.reasons] == ["SNR"]
    assert "below 6 dB" in found.reasons[0]
    assert verdict(steady).numbers["snr"] > 10
