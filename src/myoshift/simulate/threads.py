"""A simulation computes in one thread, as every run does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold torch to one thread inside, as context or decorator; outside it has as many as before.

    The matrices are small: more threads are many times slower on a busy machine, and sums may end in other digits.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
