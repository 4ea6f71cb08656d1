from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import wait
from pathlib import Path

import pandas as pd
import pytest

from bench.toys import benchmark
from myoshift.bench import campaign, cluster
from myoshift.bench.execution import Task, TaskLostError, execute, processes
from myoshift.bench.runs import run_folder
from myoshift.errors import ConfigError, MyoshiftError

distributed = pytest.importorskip("distributed")


def local(**settings):
    """A cluster whose workers are threads of this process."""
    return distributed.LocalCluster(
        processes=False, protocol="tcp://", host="127.0.0.1", dashboard_address=":0", **settings
    )


@pytest.fixture(scope="module")
def two_workers():
    """Two workers of one thread."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as found:
        yield found


@pytest.mark.parametrize(
    "address",
    [
        "tls://cluster.example.org:8786",
        "tcp://127.0.0.1:8786",
        "tcp://localhost:8786",
        "tcp://[::1]:8786",
    ],
)
def test_addresses_that_are_safe(address):
    cluster.check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "tcp://cluster.example.org:8786",
        "tcp://127.0.0.1.example.org:8786",
        "tcp://127.0.0.1@example.org:8786",
        "tcp://0.0.0.0:8786",
    ],
)
def test_an_open_connection_to_another_machine_is_refused_unless_asked_for(address):
    with pytest.raises(ConfigError, match="--insecure-cluster"):
        cluster.check_address(address)
    cluster.check_address(address, insecure=True)


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1:8786", "tls://host", "tcp://:8786", "tls://h:x", "tls://h:99999", "inproc://a:1", "tls://[::1"],
)
def test_what_is_no_address_is_refused_in_any_case(address):
    with pytest.raises(ConfigError, match="tls://HOST:PORT"):
        cluster.check_address(address, insecure=True)


def test_a_scheduler_that_does_not_answer(tmp_path):
    with pytest.raises(MyoshiftError, match="does not answer") as caught:
        cluster.cluster("tcp://127.0.0.1:9", tmp_path / "out")
    assert caught.value.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_tls_needs_certificates(tmp_path):
    with pytest.raises(ConfigError, match=r"without certificates.*ca-file"):
        cluster.cluster("tls://127.0.0.1:9", tmp_path)


def test_without_dask_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"pip install 'myoshift\[cluster\]'"):
        cluster.cluster("tcp://127.0.0.1:9", tmp_path)


def test_a_cluster_without_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with (
        local(n_workers=0) as empty,
        pytest.raises(MyoshiftError, match="has no worker"),
    ):
        cluster.cluster(empty.scheduler_address, tmp_path)


def test_workers_of_several_threads_are_refused(tmp_path):
    with (
        local(n_workers=1, threads_per_worker=2) as threads,
        pytest.raises(ConfigError, match=r"several threads.*--nthreads 1"),
    ):
        cluster.cluster(threads.scheduler_address, tmp_path)


@pytest.fixture
def expected(tmp_path, monkeypatch):
    """What this process itself fulfils."""
    for name in cluster.VARIABLES:
        monkeypatch.setenv(name, "1")
    (tmp_path / "token").touch()
    facts = cluster.facts(("constant",))
    return {"methods": ("constant",), "facts": facts, "out": str(tmp_path), "token": "token", "data": str(tmp_path)}


def test_a_worker_that_can_do_the_work_does_it(expected):
    seen = []
    cluster.guarded(cluster.Expected(**expected), seen.append, "job")
    assert seen == ["job"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"token": "of another machine"}, "not the folder that this bench writes to"),
        ({"data": "/nowhere"}, "no folder /nowhere with the data"),
        ({"facts": {"code of constant": "old"}}, "code of constant: .*, expected old"),
        ({"facts": {"torch": "0.1"}}, "torch: .*, expected 0.1"),
    ],
)
def test_a_worker_that_cannot_do_the_work_refuses_it(expected, changed, said):
    with pytest.raises(ConfigError, match=said):
        cluster.guarded(cluster.Expected(**{**expected, **changed}), pytest.fail, "job")


def test_a_worker_that_may_use_several_threads_refuses(expected, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    with pytest.raises(ConfigError, match="OMP_NUM_THREADS is not 1"):
        cluster.guarded(cluster.Expected(**expected), pytest.fail, "job")


def test_other_code_on_the_workers_is_found_before_anything_is_done(two_workers, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "code", lambda name, simulates: "new")
    with pytest.raises(ConfigError, match="expected new"):
        cluster.cluster(two_workers.scheduler_address, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_two_jobs_at_a_time_in_one_process(expected):
    from concurrent.futures import ThreadPoolExecutor

    under_way = []

    def work(message):
        under_way.append(message)
        time.sleep(0.02)
        assert under_way == [message]
        under_way.remove(message)

    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(cluster.guarded, cluster.Expected(**expected), work, str(i)) for i in range(8)]
        assert all(each.result() is None for each in done)


def die(message):
    os._exit(1)


def test_a_job_that_dask_gives_up_is_lost_and_the_cluster_is_not(two_workers, tmp_path, monkeypatch):
    monkeypatch.setattr(two_workers.scheduler, "allowed_failures", 0)
    executor = cluster.cluster(two_workers.scheduler_address, tmp_path)()
    assert list(tmp_path.glob(".cluster-*"))
    with pytest.raises(TaskLostError):
        executor.submit(die, "").result(timeout=60)
    executor.submit(slow, str(tmp_path / "next")).result(timeout=60)
    executor.shutdown()
    assert [path.name for path in tmp_path.iterdir()] == ["next"]


def slow(message):
    Path(message).touch()
    time.sleep(0.3)


def test_an_interruption_cancels_what_has_not_begun(two_workers, tmp_path):
    pool = cluster.cluster(two_workers.scheduler_address, tmp_path)

    def stop(task, error):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute([Task(str(i), str(tmp_path / str(i))) for i in range(20)], slow, pool, stop, width=20)
    with distributed.Client(two_workers.scheduler_address, set_as_default=False) as client:
        while any(client.processing().values()):
            time.sleep(0.05)
    assert len(list(tmp_path.iterdir())) < 20


def test_a_lost_scheduler_is_a_broken_executor(tmp_path, monkeypatch):
    for name in cluster.VARIABLES:
        monkeypatch.setenv(name, "1")
    with local(n_workers=1, threads_per_worker=1) as going:
        executor = cluster.cluster(going.scheduler_address, tmp_path)()
        future = executor.submit(slow, str(tmp_path / "job"))
    wait([future], timeout=20)
    assert "scheduler" in str(future.exception(timeout=0))
    executor.shutdown(wait=False)


SPEC = {
    "outputs": ["tibialis_anterior", "gastrocnemius"],
    "methods": [
        {"name": "source_only"},
        {"name": "ensemble", "members": ["source_only"]},
    ],
    "seeds": 2,
    "training": {"steps": 25},
    "conditions": {"level walking": ["walk"]},
    "reference": "source_only",
}


def kill_one_at_work(out, killed):
    """Kill the first process that has begun a run which is not done."""
    for _ in range(2000):
        for log in out.glob("runs/*/log.jsonl"):
            events = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
            if events and events[-1]["event"] in ("begin", "training", "trained"):
                os.kill(events[0]["process"], signal.SIGKILL)
                killed.append((log.parent.name, events[0]["process"]))
                return
        time.sleep(0.005)


def test_a_killed_worker_changes_no_byte_of_the_results(two_workers, tmp_path, monkeypatch):
    for page in ("write_leaderboard", "write_report"):
        monkeypatch.setattr(campaign, page, lambda written: tmp_path)  # costs more than all the trainings
    spec, killed = benchmark(**SPEC), []
    local = campaign.run(spec, tmp_path / "local", pool=processes(2), workers=2)
    out = tmp_path / "dask"
    hunter = threading.Thread(target=kill_one_at_work, args=(out, killed))
    hunter.start()
    pool = cluster.cluster(two_workers.scheduler_address, out, methods=["source_only", "ensemble"])
    there = campaign.run(spec, out, pool=pool, workers=10)
    hunter.join()
    run, process = killed[0]
    log = [json.loads(line) for line in (run_folder(out, run).path / "log.jsonl").read_text().splitlines()]
    beginnings = [event for event in log if event["event"] == "begin"]
    assert len(beginnings) > 1
    assert beginnings[0]["process"] == process != beginnings[-1]["process"]
    assert beginnings[-1]["threads"]["torch"] == "1"
    assert {beginnings[-1]["threads"][name] for name in cluster.VARIABLES} == {"1"}
    assert there.done == there.planned == local.done
    assert there.results.read_bytes() == local.results.read_bytes()
    assert len(pd.read_parquet(there.results)) > 0
