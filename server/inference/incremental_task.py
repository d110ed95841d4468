"""What takes seconds to make: made once per process, piece by piece, while somebody asks for it."""

import threading
import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from typing import Any

SLICE_SECONDS = 0.4  # seconds that one request works on it before it says how far it has come
PAUSE_SECONDS = (
    0.001  # seconds after each piece: whoever waits for the turn gets it only if we are not there again at once
)


@dataclass(frozen=True)
class Progress:
    """How far something has come: `done` of `of`."""

    done: int
    of: int


@dataclass
class _Task:
    pieces: Generator[int, None, Any]
    done: int = 0


@dataclass
class TaskRunner:
    """Makes things by generators that yield how much is done, and return the thing at the end.

    No thread of its own: the requests that wait for a thing make it, one of them at a time, and the others hear at once
    how far it has come. Each piece is made with `turn` held, so that a drawing never waits for more than one.
    """

    turn: threading.Lock
    _made: dict[Hashable, Any] = field(default_factory=dict)
    _making: dict[Hashable, _Task] = field(default_factory=dict)
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, of: int, begin: Callable[[], Generator[int, None, Any]]) -> Any:
        """The thing of that name, or the `Progress` that it has made."""
        if key not in self._made and self._busy.acquire(blocking=False):
            try:
                self._work(key, begin)
            except BaseException:
                self._making.pop(key, None)  # a generator that failed is at its end; the next request begins anew
                raise
            finally:
                self._busy.release()
        if key in self._made:
            return self._made[key]
        making = self._making.get(key)
        return Progress(making.done if making else 0, of)

    def _work(self, key: Hashable, begin: Callable[[], Generator[int, None, Any]]) -> None:
        if key in self._made:  # by another request, just now
            return
        if key not in self._making:
            self._making[key] = _Task(begin())
        making = self._making[key]
        until = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < until:
            try:
                with self.turn:
                    making.done = next(making.pieces)
            except StopIteration as end:
                self._made[key] = end.value
                del self._making[key]
                return
            time.sleep(PAUSE_SECONDS)
