"""Who is read next: a queue of drawings, and one of what takes longer, in each worker."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from server import metrics
from server.problems import Problem
from server.settings import Settings

MAX_WAIT_SECONDS = 0.25  # seconds: a class that posts all at once is served in less; longer than that is too much work
RETRY_AFTER = 1  # seconds; a reading takes milliseconds, so a full house empties soon


class RequestQueue:
    """Places for so many, one of whom has the turn.

    One at a time, so that a few large photos cannot fill the memory; and it is faster: threads that read at once only
    take the interpreter and the caches from each other. In turn, eight connections got 840 answers a second instead of
    583 (medians of 7 runs side by side), and half the p99.
    """

    def __init__(self, name: str, places: int) -> None:
        self.turn = threading.Lock()
        self._name = name
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, and then the turn; where the queue stays full, say so rather than let it grow."""
        if not self._places.acquire(blocking=False):
            with metrics.queue_gauge(self._name):
                if not self._places.acquire(timeout=MAX_WAIT_SECONDS):
                    raise overloaded()
        try:
            if not self.turn.acquire(blocking=False):
                with metrics.queue_gauge(self._name):
                    self.turn.acquire()
            try:
                yield
            finally:
                self.turn.release()
        finally:
            self._places.release()


class RequestQueues:
    """The queues of one worker.

    `drawings`: what takes milliseconds · `long`: what takes tenths of a second, beside which drawings go on. In one
    queue with the photos of two who send them without a pause, a drawing took 97 ms (p99 224); in its own it takes 9
    (30), and a photo 145 instead of 121.
    """

    def __init__(self, settings: Settings) -> None:
        self.drawings = RequestQueue("drawings", settings.max_pending)
        self.long = RequestQueue(
            "long", min(settings.max_pending, slow_thread_budget(settings))
        )  # whoever waits in it holds a thread


def slow_thread_budget(settings: Settings) -> int:
    """The number of threads that may be held by what is slow, so that the rest is there for all else."""
    return max(1, settings.threads // 2)


def overloaded() -> Problem:
    """What is said to whoever finds no place."""
    return Problem(503, "overloaded", "Too much to read at once", "Try again in a moment.", retry_after=RETRY_AFTER)
