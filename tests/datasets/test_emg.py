"""EMG channels become envelopes at sites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from myoshift.datasets.base import table
from myoshift.datasets.emg import envelopes
from myoshift.datasets.prepare import Preparation
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Subject, Trial

TIME = np.arange(3000) / 1000
WAVE = 1.001 + np.sin(2 * np.pi * TIME)


def given_emg(columns, kind="envelope", unit="1", **sites) -> Trial:
    return Trial(
        name="t",
        dataset="set",
        institution="lab",
        subject=Subject(id="s"),
        task="walk",
        emg=table(np.stack(columns, axis=1), tuple(f"ch{k}" for k in range(len(columns))), unit, 1000.0),
        emg_kind=kind,
        sites=sites,
    )


def prepared(trial: Trial):
    return envelopes(trial, Preparation())


def raw(seed=0, level=1e-4):
    """Noise of the band of surface EMG, modulated."""
    noise = np.convolve(np.random.default_rng(seed).standard_normal(3000), np.hanning(9), "same")
    return level * noise * WAVE


def test_channels_get_the_names_of_their_sites_and_others_are_left_out():
    found, flags = prepared(given_emg([WAVE, WAVE[::-1]], ch1="soleus_l"))
    assert found.names == ("soleus_l",)
    np.testing.assert_allclose(found.values[:, 0], WAVE[::-1])
    assert flags == ()


def test_a_delivered_envelope_is_clipped_and_says_so():
    found, flags = prepared(given_emg([WAVE - 0.2], ch0="soleus_r"))
    assert found.values.min() == 0.0
    assert [flag.code for flag in flags] == ["emg_flag"]
    assert "below 0" in flags[0].message


def test_a_delivered_envelope_is_not_judged_by_its_modulation():
    """Otherwise the masks of a test person would come from what is to be predicted."""
    calm, wild = 1.0 + 0.01 * WAVE, np.where(TIME[500] == TIME, 100.0, 0.01)
    found, _ = prepared(given_emg([calm, wild], ch0="soleus_r", ch1="soleus_l"))
    assert np.isfinite(found.values).all()


def test_raw_emg_is_not_judged_by_its_modulation_either():
    steady = raw() / WAVE
    found, flags = prepared(given_emg([steady], kind="raw", ch0="soleus_r"))
    assert np.isfinite(found.values[60:]).all()
    assert not [flag for flag in flags if flag.code == "emg_masked"]


def test_a_flat_channel_is_masked():
    found, flags = prepared(given_emg([np.full(3000, 0.3), WAVE], ch0="soleus_r", ch1="soleus_l"))
    assert np.isnan(found.column("soleus_r")).all()
    assert np.isfinite(found.column("soleus_l")).all()
    assert [(flag.code, flag.where) for flag in flags] == [("emg_masked", "ch0")]


def test_a_copied_channel_is_masked():
    found, flags = prepared(given_emg([WAVE, WAVE], ch0="soleus_r", ch1="soleus_l"))
    assert np.isnan(found.column("soleus_l")).all()
    assert "copy of 'ch0'" in flags[0].message


def test_raw_emg_becomes_an_envelope():
    found, _ = prepared(given_emg([raw()], kind="raw", unit="V", ch0="soleus_r"))
    envelope = found.values[60:, 0]
    assert envelope.min() >= 0
    assert np.corrcoef(envelope, WAVE[60:])[0, 1] > 0.9


def test_a_dead_raw_channel_is_masked_and_the_others_are_not():
    found, flags = prepared(
        given_emg([raw(), 0 * raw(), raw(1)], kind="raw", unit="V", ch0="soleus_r", ch1="soleus_l", ch2="vasti_r")
    )
    assert np.isnan(found.values).all(axis=0).tolist() == [False, True, False]
    assert ("emg_masked", "ch1") in [(flag.code, flag.where) for flag in flags]


def test_the_same_verdict_of_several_channels_is_one_flag():
    nothing = np.full(3000, np.nan)
    _, flags = prepared(given_emg([nothing, nothing, WAVE], ch0="soleus_r", ch1="soleus_l", ch2="vasti_r"))
    assert [(flag.message, flag.where) for flag in flags] == [("never measured", "ch0, ch1")]


def test_no_emg_is_none():
    trial = Trial(name="t", dataset="set", institution="lab", subject=Subject(id="s"), task="walk")
    assert prepared(trial) == (None, ())


def test_unclear_sites_are_refused():
    with pytest.raises(UnknownNameError, match="soleus"):
        prepared(given_emg([WAVE], ch0="solius_r"))
    with pytest.raises(DataRefused, match="'soleus' has no side"):
        prepared(given_emg([WAVE], ch0="soleus"))
    with pytest.raises(DataRefused, match=r"two channels at the site 'soleus_r'.*ch0, ch1"):
        prepared(given_emg([WAVE, WAVE], ch0="soleus_r", ch1="soleus_r"))


def test_bad_29_raw_emg_with_a_short_gap_is_filtered_piece_by_piece_and_flagged():
    gap = raw()
    gap[1500:1530] = np.nan
    found, flags = prepared(given_emg([gap], kind="raw", unit="V", ch0="soleus_r"))
    there = np.isfinite(found.values[:, 0])
    assert np.flatnonzero(~there).tolist() == [*range(60), *range(1500, 1590)]
    assert [(flag.code, flag.where) for flag in flags] == [("emg_flag", "ch0")]
    assert "1.0% of the samples missing, first 1.50-1.53 s" in flags[0].message
    whole, _ = prepared(given_emg([raw()], kind="raw", unit="V", ch0="soleus_r"))
    np.testing.assert_allclose(found.values[60:1000, 0], whole.values[60:1000, 0], rtol=0.05, atol=1e-6)


def test_raw_emg_that_cannot_be_filtered_names_the_trial():
    with pytest.raises(DataRefused, match=r"set/s/t, .*too short"):
        prepared(replace(trial := given_emg([raw()], kind="raw", ch0="soleus_r"), emg=_cut(trial.emg, 9)))


def _cut(found, samples):
    return replace(found, values=found.values[:samples], time=found.time[:samples])


def test_the_start_of_raw_emg_is_missing_until_the_low_pass_has_settled():
    found, _ = prepared(given_emg([raw() / WAVE], kind="raw", ch0="soleus_r"))
    assert np.isnan(found.values[:60, 0]).all()
    settled = found.values[60:, 0]
    assert np.isfinite(settled).all()
    assert settled[:20].mean() > 0.6 * settled.mean()


def test_mains_are_taken_out_only_when_asked_and_a_flag_says_so():
    hum = raw() + 2e-4 * np.sin(2 * np.pi * 50 * TIME)
    trial = given_emg([hum], "raw", ch0="soleus_r")
    left, flags = prepared(trial)
    cleaned, said = envelopes(trial, Preparation(mains=50.0))
    clean, _ = prepared(given_emg([raw()], "raw", ch0="soleus_r"))
    inner = slice(500, 2500)
    error = [np.abs(each.values - clean.values)[inner].mean() for each in (left, cleaned)]
    assert error[1] < 0.15 * error[0]
    assert "mains_removed" not in [flag.code for flag in flags]
    assert [flag.code for flag in said] == [*[flag.code for flag in flags], "mains_removed"]
    assert "50 Hz and harmonics, notches 2 Hz wide, zero-phase" in said[-1].message


def test_bad_32_the_wrong_mains_setting_is_flagged():
    hum = raw() + 1e-4 * np.sin(2 * np.pi * 60 * TIME)
    _, flags = envelopes(given_emg([hum, raw(1)], "raw", ch0="soleus_r", ch1="soleus_l"), Preparation(mains=50.0))
    (wrong,) = [flag for flag in flags if flag.code == "mains_setting"]
    assert wrong.where == "ch0"
    assert "mains set to 50 Hz" in wrong.message
    assert "60 Hz stands" in wrong.message


def test_mains_of_no_country_are_refused():
    with pytest.raises(DataRefused, match="mains of 55 Hz"):
        Preparation(mains=55.0)


def test_raw_emg_of_which_most_channels_are_rectified_was_declared_wrongly():
    sites = {"ch0": "soleus_r", "ch1": "vasti_r", "ch2": "hamstrings_r"}
    own = [np.abs(raw(seed)) for seed in range(3)]
    one = prepared(given_emg([raw(0), raw(1), own[2]], kind="raw", unit="V", **sites))[1]
    assert [flag.where for flag in one if flag.code == "emg_masked"] == ["ch2"]
    with pytest.raises(DataRefused, match=r"set/s/t, ch0, ch1: envelopes declared as raw EMG"):
        prepared(given_emg([own[0], own[1], raw(2)], kind="raw", unit="V", **sites))
