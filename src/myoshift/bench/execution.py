"""Doing jobs on any `concurrent.futures.Executor`, in an order that keeps members before their ensemble.

A worker that dies takes the whole process pool with it. The pool is then rebuilt; every job that was under way is a
suspect and is tried again alone, so that only the one that kills its worker loses it three times and is given up.
A cluster says itself which job it lost; the same rule holds for that one.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread

LOSSES = 3
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Pool = Callable[[], Executor]


class WorkerLostError(RuntimeError):
    """The process that did a job died, again and again."""


class TaskLostError(RuntimeError):
    """The process that did a job died, and the executor lives on."""


@dataclass(frozen=True)
class Task:
    """One message for a worker; it is sent when the tasks named in `after` are finished."""

    key: str
    message: str
    after: tuple[str, ...] = ()


def processes(workers: int) -> Pool:
    """Fresh processes with one thread each: parallel across runs, never within one.

    The variables must stand before a worker imports its BLAS, so they are set here, for the workers to inherit.
    """

    def pool() -> Executor:
        os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start_worker)

    return pool


def _start_worker() -> None:
    """One thread, and an end at Ctrl-C or when the parent ends, where Python would have the worker wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    one_thread()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def one_thread() -> dict[str, str]:
    """Hold torch to one thread as well, and say what holds: other numbers of threads give other weights."""
    import torch

    torch.set_num_threads(1)
    return {"torch": str(torch.get_num_threads()), **{name: os.environ.get(name, "") for name in THREAD_VARIABLES}}


def execute(
    tasks: Sequence[Task],
    work: Callable[[str], None],
    pool: Pool,
    finished: Callable[[Task, BaseException | None], None],
    *,
    width: int,
) -> None:
    """Do every task once; `finished` is told of each, with the exception if one escaped.

    Parameters
    ----------
    work : done in the worker with a task's message
    pool : makes an executor, again whenever one broke
    width : tasks under way at a time
    """
    queue = _Queue(list(tasks), width)
    while queue.waiting:
        executor = pool()
        try:
            lost = _until_broken(executor, queue, work, finished)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        executor.shutdown()
        for task in lost:
            _lose(task, queue, finished)


def _lose(task: Task, queue: _Queue, finished: Callable[[Task, BaseException | None], None]) -> None:
    if not queue.lose(task):
        finished(task, WorkerLostError(f"the worker process died {LOSSES} times at this job"))


class _Queue:
    """Tasks that wait, in order, and the suspects among them."""

    def __init__(self, waiting: list[Task], width: int) -> None:
        self.waiting, self.width = waiting, width
        self.unfinished = {task.key for task in waiting}
        self.losses: Counter[str] = Counter()

    def next(self, under_way: int) -> Task | None:
        """The next task that may start now, taken out of the queue."""
        suspects = [task for task in self.waiting if self.losses[task.key]]
        if under_way >= (1 if suspects else self.width):
            return None
        for task in suspects or self.waiting:
            if not self.unfinished.intersection(task.after):
                self.waiting.remove(task)
                return task
        return None

    def lose(self, task: Task) -> bool:
        """Put a lost task back; False when it has been lost too often."""
        self.losses[task.key] += 1
        again = self.losses[task.key] < LOSSES
        if again:
            self.waiting.insert(0, task)
        else:
            self.unfinished.discard(task.key)
        return again


def _until_broken(
    executor: Executor,
    queue: _Queue,
    work: Callable[[str], None],
    finished: Callable[[Task, BaseException | None], None],
) -> list[Task]:
    """Work the queue down; the tasks that were under way when the executor broke, none if it did not."""
    under_way: dict[Future[None], Task] = {}
    while True:
        while task := queue.next(len(under_way)):
            try:
                under_way[executor.submit(work, task.message)] = task
            except BrokenExecutor:
                return [task, *under_way.values()]
            if queue.losses[task.key]:
                break
        if not under_way:
            return []
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                return list(under_way.values())
            task = under_way.pop(future)
            if isinstance(error, TaskLostError):
                _lose(task, queue, finished)
                continue
            queue.unfinished.discard(task.key)
            finished(task, error)
