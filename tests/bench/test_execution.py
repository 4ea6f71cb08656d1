from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path

import pytest

from bench.toys import Inline
from myoshift.bench.execution import THREAD_VARIABLES, Task, TaskLostError, WorkerLostError, execute, processes


class Fragile(Executor):
    """Breaks at a deadly message, together with all that is under way; `slow` messages are, the first time."""

    def __init__(self, deadly, slow, log):
        self.deadly, self.slow, self.log, self.under_way = deadly, slow, log, {}

    def submit(self, work, /, message):
        self.log.append(message)
        future = self.under_way[message] = Future()
        if message in self.deadly:
            for each in self.under_way.values():
                each.set_exception(BrokenExecutor("a worker died"))
        elif message in self.slow:
            self.slow.remove(message)
        else:
            work(message)
            del self.under_way[message]
            future.set_result(None)
        return future


def run(tasks, pool, width=1):
    done, failed = [], {}

    def finished(task, error):
        done.append(task.key)
        if error:
            failed[task.key] = error

    seen = []
    execute(tasks, seen.append, pool, finished, width=width)
    return seen, done, failed


def test_every_task_is_done_once():
    seen, done, failed = run([Task(str(i), f"m{i}") for i in range(5)], Inline, width=2)
    assert seen == [f"m{i}" for i in range(5)]
    assert sorted(done) == list("01234")
    assert not failed


def test_a_task_waits_for_what_it_needs():
    tasks = [Task("ensemble", "e", after=("a", "b")), Task("a", "a"), Task("b", "b")]
    assert run(tasks, Inline, width=3)[0] == ["a", "b", "e"]


def test_what_is_not_in_the_list_is_not_waited_for():
    assert run([Task("ensemble", "e", after=("done before",))], Inline)[0] == ["e"]


def test_an_exception_is_told_and_does_not_stop_the_others():
    def work(message):
        if message == "bad":
            raise ValueError("bad luck")

    told = {}
    tasks = [Task("x", "bad"), Task("y", "good", after=("x",))]
    execute(tasks, work, Inline, lambda task, error: told.update({task.key: error}), width=1)
    assert isinstance(told["x"], ValueError)
    assert told["y"] is None


def test_what_kills_its_worker_is_given_up_after_three_losses_and_takes_nobody_along():
    log: list[str] = []
    slow = {"innocent"}
    tasks = [Task("b", "innocent"), Task("a", "deadly"), Task("c", "later")]
    seen, _, failed = run(tasks, lambda: Fragile({"deadly"}, slow, log), width=2)
    assert list(failed) == ["a"]
    assert isinstance(failed["a"], WorkerLostError)
    assert Counter(log) == {"deadly": 3, "innocent": 2, "later": 1}
    assert sorted(seen) == ["innocent", "later"]


def test_a_lost_worker_is_replaced():
    log: list[str] = []
    deadly = [{"unlucky"}, set()]
    seen, _, failed = run([Task("a", "unlucky"), Task("b", "other")], lambda: Fragile(deadly.pop(0), set(), log))
    assert sorted(seen) == ["other", "unlucky"]
    assert not failed
    assert not deadly


class Cluster(Inline):
    """Says which job it lost, and goes on with the others."""

    def submit(self, work, /, message):
        if message != "deadly":
            return super().submit(work, message)
        future = Future()
        future.set_exception(TaskLostError("its worker died"))
        return future


def test_a_job_that_a_cluster_loses_three_times_is_given_up():
    made = []
    tasks = [Task("dead", "deadly"), Task("a", "a"), Task("ensemble", "e", after=("dead", "a"))]
    seen, done, failed = run(tasks, lambda: made.append(1) or Cluster(), width=3)
    assert seen == ["a", "e"]
    assert done == ["a", "dead", "ensemble"]
    assert list(failed) == ["dead"]
    assert isinstance(failed["dead"], WorkerLostError)
    assert len(made) == 1


def test_an_interruption_is_not_swallowed():
    class Stopped(Inline):
        def submit(self, work, /, *args, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([Task("a", "a")], Stopped)


def die_or_write(message):
    """In a real worker: one message kills it, the others leave what they see of their threads."""
    if message == "die":
        os._exit(1)
    import torch

    threads = [os.environ.get(name) for name in THREAD_VARIABLES]
    Path(message).write_text(f"{torch.get_num_threads()} {threads}")


def test_real_processes_have_one_thread_and_survive_a_death(tmp_path):
    told = {}
    tasks = [Task("dead", "die"), *(Task(str(i), str(tmp_path / f"{i}.txt")) for i in range(2))]
    execute(tasks, die_or_write, processes(2), lambda task, error: told.update({task.key: error}), width=2)
    assert isinstance(told["dead"], WorkerLostError)
    assert told["0"] is None
    for i in range(2):
        assert (tmp_path / f"{i}.txt").read_text() == f"1 {['1'] * len(THREAD_VARIABLES)}"


def test_a_bench_that_is_interrupted_resumes_to_the_same_bytes(tmp_path, run_small, monkeypatch):
    whole = run_small(tmp_path / "whole").results.read_bytes()

    def stop(done, total, last):
        if done == 3:
            raise KeyboardInterrupt

    out = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        run_small(out, progress=stop)
    assert 0 < len(list(out.glob("runs/*/DONE"))) < 6
    assert not (out / "results.parquet").exists()
    assert run_small(out).results.read_bytes() == whole


WAITING = """
import signal, sys, time
from pathlib import Path
from myoshift.bench.execution import Task, execute, processes

def work(message):
    Path(message).touch()
    time.sleep(600)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell starts without it
    tasks = [Task(str(i), f"{sys.argv[1]}/{i}") for i in range(6)]
    execute(tasks, work, processes(2), lambda task, error: None, width=6)
"""


def test_an_impatient_ctrl_c_ends_parent_and_workers(tmp_path):
    (tmp_path / "waiting.py").write_text(WAITING)
    command = [sys.executable, str(tmp_path / "waiting.py"), str(tmp_path)]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as parent:
        for _ in range(600):
            if all((tmp_path / str(i)).exists() for i in range(2)):
                break
            time.sleep(0.1)
        os.kill(parent.pid, signal.SIGINT)
        os.killpg(parent.pid, signal.SIGINT)
        try:
            assert parent.wait(timeout=30) != 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
