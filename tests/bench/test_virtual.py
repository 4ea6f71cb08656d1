import numpy as np

from myoshift import datasets
from myoshift.bench import virtual
from myoshift.bench.virtual import PEOPLE, VirtualLabs


def test_virtual_people_walk_in_laboratories_of_their_own():
    trials = list(VirtualLabs().trials())
    assert len({trial.subject.id for trial in trials}) == len(trials) == PEOPLE
    assert len({trial.institution for trial in trials}) == 4
    for trial in trials:
        assert trial.task == "walk"
        assert trial.subject.mass is not None
        assert trial.emg.names == tuple(trial.sites)
        assert np.isfinite(trial.emg.values).mean() > 0.9
        assert len([event for event in trial.events if event.side == "r"]) > 4


def test_they_are_prepared_as_if_they_had_been_measured():
    recordings = datasets.recordings(["virtual-labs"])
    assert {recording.kind for recording in recordings} == {"emg_envelope"}
    assert {recording.dataset for recording in recordings} == {"virtual-labs"}


def test_nobody_is_drawn_twice():
    assert virtual._drawn() is virtual._drawn()
