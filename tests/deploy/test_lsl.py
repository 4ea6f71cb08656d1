"""Lab Streaming Layer, on this machine alone."""

import sys

import numpy as np
import pytest

from deploy.lsl_network import LABELS, alone, outlet, sending, walking
from deploy.stand_ins import Echo, Kept
from myoshift.deploy import lsl
from myoshift.deploy.streaming import run
from myoshift.errors import ConfigError, DataRefused, MyoshiftError

pytestmark = [
    pytest.mark.xdist_group("lsl"),
    pytest.mark.filterwarnings("ignore:.*resolve_stream.*:DeprecationWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def network(tmp_path_factory):
    pytest.importorskip("pylsl", reason="the extra `stream` is not installed")
    alone(tmp_path_factory.mktemp("lsl"))


def test_motion_comes_in_with_jitter_drops_and_a_bad_sample_and_is_counted():
    random = np.random.default_rng(0)

    def sample(t):
        return np.full(3, np.nan) if len(stamps) == 160 else walking(t)

    out, kept = outlet("walk"), Kept()
    with sending(out, 2.5, sample=sample, skip=(180, 181), shift=lambda k: random.uniform(-0.001, 0.001)) as stamps:
        source = lsl.connect("walk", timeout=5.0)
        source.timeout = 0.4
        summary = run(source, Echo(LABELS, lag=5), [kept])
    assert source.names == LABELS
    assert (source.rate, source.notes) == (100.0, ())
    assert "no sample for 0.4 s" in summary.ended
    counts = summary.counts
    assert counts.received <= len(stamps)
    assert counts.received >= len(stamps) - 20  # those sent before the inlet was open
    assert (counts.bad, counts.dropped, counts.bridged, counts.lost) == (1, 3, pytest.approx(3, abs=1), 0)
    assert 0.2 < counts.interval_sd < 2.0
    expected = 2 * np.array([walking(t) for t in kept.time])
    np.testing.assert_allclose(kept.rows, expected, atol=0.02)
    assert summary.age_p50 is not None


def test_muscles_go_out_with_the_time_of_the_motion_they_describe():
    import pylsl

    sent = lsl.Outlet("muscles", ("soleus_r", "tibant_r"), 100.0, {"look_ahead_seconds": "0.05"})
    (info,) = pylsl.resolve_byprop("name", "muscles", timeout=5.0)
    inlet = pylsl.StreamInlet(info)
    described = inlet.info(timeout=5.0)
    inlet.open_stream(timeout=5.0)
    rows = np.array([[0.25, 0.5], [np.nan, 1.0]], np.float32)
    for time, row in zip((100.0, 100.01), rows, strict=True):
        sent.take(time, row)
    got = [inlet.pull_sample(timeout=5.0) for _ in rows]
    np.testing.assert_allclose([t for _, t in got], [100.0, 100.01])
    np.testing.assert_array_equal([v for v, _ in got], rows)
    channel = described.desc().child("channels").child("channel")
    assert (channel.child_value("label"), channel.child_value("unit")) == ("soleus_r", "1")
    assert channel.next_sibling().child_value("label") == "tibant_r"
    assert (described.type(), described.nominal_srate()) == ("activation", 100.0)
    assert described.source_id().startswith("myoshift-")
    assert described.desc().child_value("look_ahead_seconds") == "0.05"


def test_a_name_that_nobody_has_is_answered_with_those_that_there_are():
    with pytest.raises(MyoshiftError, match=r"no stream is called 'gait', and there is no other.*16571"):
        lsl.connect("gait", timeout=0.5)
    here = outlet("somebody")
    with pytest.raises(MyoshiftError, match=r"no stream is called 'gait'.*somebody \(3 channels\)"):
        lsl.connect("gait", timeout=0.5)
    del here


def test_two_streams_of_a_name_are_refused():
    here = [outlet("twice"), outlet("twice", LABELS[:2], source="other")]
    with pytest.raises(DataRefused, match=r"2 streams are called 'twice'.*[23] channels.*[23] channels"):
        lsl.connect("twice", timeout=5.0)
    del here


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": (), "channels": 3}, "no channel of the stream is named as a coordinate.*labels: none"),
        ({"unit": ""}, "has no unit.*--angle-unit"),
        ({"kind": 3}, "holds text"),
    ],
    ids=["labels", "unit", "text"],
)
def test_a_description_that_does_not_say_what_is_needed(changes, message):
    here = outlet("vague", **changes)
    with pytest.raises(DataRefused, match=message):
        lsl.connect("vague", timeout=5.0)
    del here


def test_a_sender_that_says_nothing():
    here = outlet("mute")
    with pytest.raises(DataRefused, match=r"nothing comes through it.*0 samples in 1 s"):
        lsl.connect("mute", timeout=1.0)
    del here


def test_degrees_that_are_declared_radians_are_refused_before_a_row_goes_out():
    with (
        sending(outlet("degrees"), 3.0, sample=lambda t: np.degrees(walking(t))),
        pytest.raises(DataRefused, match=r"are they degrees.*--angle-unit deg"),
    ):
        lsl.connect("degrees", timeout=5.0)


def test_another_rate_than_described_is_said_and_used():
    with sending(outlet("slower", rate=200.0), 3.0, rate=50.0):
        source = lsl.connect("slower", timeout=5.0)
    assert source.rate == pytest.approx(50, rel=0.1)
    assert "described as 200 Hz, samples come at" in source.notes[0].message


def test_a_stream_that_comes_back_with_other_channels_is_refused():
    said, kept, out = [], Kept(), outlet("changing")
    with sending(out, 1.6):
        source = lsl.connect("changing", timeout=5.0, say=said.append)
        source.timeout = 1.5
        other = outlet("changing", LABELS[:2], source="other")
        summary = run(source, Echo(LABELS), [kept])
    assert "another number of channels" in str(summary.error)
    assert "2, 3 before" in str(summary.error)
    assert len(kept.rows) > 100
    assert [text for text in said if "no sample for 1 s" in text]
    del other


def test_without_the_library_the_mend_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(ConfigError, match=r"pip install 'myoshift\[stream\]'"):
        lsl.connect("walk")
