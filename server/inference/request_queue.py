"""The queues of one worker: short requests, and long ones that run beside them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from server import metrics
from server.problems import Problem
from server.settings import Settings

MAX_WAIT_SECONDS = 0.25  # a class that posts all at once is served in less; a longer wait means too much work
RETRY_AFTER_SECONDS = 1  # a prediction takes milliseconds, so a full queue empties soon


class RequestQueue:
    """A bounded waiting room in front of a lock.

    One request at a time holds the lock. A few large photos can then not fill the memory. It is also faster, because
    parallel threads only compete for the interpreter and the caches: eight connections got 840 answers a second
    instead of 583 (medians of 7 runs side by side), and half the p99.
    """

    def __init__(self, name: str, slots: int) -> None:
        self.lock = threading.Lock()
        self._name = name
        self._slots = threading.BoundedSemaphore(slots)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Takes a slot, then the lock. Raises a 503 if no slot becomes free within `MAX_WAIT_SECONDS`."""
        if not self._slots.acquire(blocking=False):
            with metrics.queue_gauge(self._name):
                if not self._slots.acquire(timeout=MAX_WAIT_SECONDS):
                    raise overloaded()
        try:
            if not self.lock.acquire(blocking=False):
                with metrics.queue_gauge(self._name):
                    self.lock.acquire()
            try:
                yield
            finally:
                self.lock.release()
        finally:
            self._slots.release()


class RequestQueues:
    """The queues of one worker.

    `drawings`: requests of some milliseconds · `long`: requests of some tenths of a second. Two users sent photos
    without a pause. With one queue for all, a drawing beside them took 97 ms (p99 224) and a photo 121. With two
    queues a drawing takes 9 ms (p99 30) and a photo 145.
    """

    def __init__(self, settings: Settings) -> None:
        self.drawings = RequestQueue("drawings", settings.max_pending)
        # A request that waits in it holds a thread.
        self.long = RequestQueue("long", min(settings.max_pending, slow_thread_budget(settings)))


def slow_thread_budget(settings: Settings) -> int:
    """Returns the number of threads that slow requests may hold; the other threads serve everything else."""
    return max(1, settings.threads // 2)


def overloaded() -> Problem:
    """Returns the 503 for a request that finds no free slot."""
    return Problem(
        503, "overloaded", "Too many requests at once", "Try again in a moment.", retry_after=RETRY_AFTER_SECONDS
    )
