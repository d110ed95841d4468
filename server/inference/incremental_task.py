"""Tasks of some seconds, computed once per process, in short slices while a client polls."""

import threading
import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from typing import Any

SLICE_SECONDS = 0.4  # one request works on a task this long before it answers with the progress
PAUSE_SECONDS = 0.001  # after each step: threads that wait for the lock get it only if it stays free for a moment


@dataclass(frozen=True)
class Progress:
    """The progress of a task: `done` of `of` items."""

    done: int
    of: int


@dataclass
class _Task:
    steps: Generator[int, None, Any]
    done: int = 0


@dataclass
class TaskRunner:
    """Runs generators that yield the number of items done, and return the result at their end.

    Has no thread. Each polling request runs up to `SLICE_SECONDS` of the task; one at a time, the others get the
    progress. Each step holds `lock`, so that a drawing waits for one step at most.
    """

    lock: threading.Lock
    _results: dict[Hashable, Any] = field(default_factory=dict)
    _tasks: dict[Hashable, _Task] = field(default_factory=dict)
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, of: int, begin: Callable[[], Generator[int, None, Any]]) -> Any:
        """Returns the result of the task `key`, or its `Progress` out of `of` items; `begin` starts it."""
        if key not in self._results and self._busy.acquire(blocking=False):
            try:
                self._run_slice(key, begin)
            except BaseException:
                self._tasks.pop(key, None)  # a generator that failed has ended; the next request starts a new one
                raise
            finally:
                self._busy.release()
        if key in self._results:
            return self._results[key]
        task = self._tasks.get(key)
        return Progress(task.done if task else 0, of)

    def _run_slice(self, key: Hashable, begin: Callable[[], Generator[int, None, Any]]) -> None:
        if key in self._results:  # another request has just finished it
            return
        if key not in self._tasks:
            self._tasks[key] = _Task(begin())
        task = self._tasks[key]
        slice_end = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < slice_end:
            try:
                with self.lock:
                    task.done = next(task.steps)
            except StopIteration as end:
                self._results[key] = end.value
                del self._tasks[key]
                return
            time.sleep(PAUSE_SECONDS)
