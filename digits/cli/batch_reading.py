"""Many pictures, read one after another or by several processes at once, and told in the order they were given.

A process reads a picture by itself, from file to answer: nothing but file names and plain answers pass between them.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.errors import InklingError
from digits.recognition.page_reader import PageReader

if TYPE_CHECKING:
    from digits.recognition.classifier import DigitClassifier
    from digits.recognition.results import PagePrediction

MIN_FOR_PROCESSES = 32  # pictures: more than these are worth the second or two that a process takes to start
CHUNK_SIZE = 8  # pictures that a process is given at a time
CHUNKS_IN_FLIGHT = (
    3  # such portions for each process: more than one, so that none waits, and few, so that nothing piles up
)
MAX_CHUNK_BYTES = 500 * 10**6  # a file that is larger is no picture of 40 megapixels


@dataclass(frozen=True)
class Job:
    """A picture to read, and the PNG to draw it into with its boxes, if any."""

    path: Path
    drawing: Path | None = None


@dataclass(frozen=True)
class ReadResult:
    """What became of one picture.

    `answer`: `PagePrediction.summary()`, None if the picture could not be read · `complaint`: what went wrong, if anything
    · `page`: the whole reading, where it was asked for.
    """

    path: Path
    answer: dict[str, Any] | None
    complaint: str | None = None
    page: "PagePrediction | None" = None


def cores() -> int:
    """How many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(jobs: list[Job], checkpoint: Path, processes: int | None, whole: bool = False) -> Iterator[ReadResult]:
    """Read pictures, and yield what became of each, in their order.

    processes: None for one per core where there are many pictures, else this one alone. whole: keep the readings
    themselves, for which the pictures are read in this process. Raises `BadCheckpoint` and, where a process died,
    `InklingError`. Whoever stops early should close the iterator: that ends the processes at once.
    """
    if processes is None:
        processes = cores() if len(jobs) > MIN_FOR_PROCESSES else 1
    if whole or min(processes, len(jobs)) <= 1:
        return _here(jobs, checkpoint, whole)
    return _elsewhere(jobs, checkpoint, min(processes, len(jobs)))


def _here(jobs: list[Job], checkpoint: Path, whole: bool) -> Iterator[ReadResult]:
    from digits.recognition.classifier import DigitClassifier

    classifier = DigitClassifier.from_checkpoint(checkpoint)
    for job in jobs:
        yield _outcome(classifier, job, whole)


def _elsewhere(jobs: list[Job], checkpoint: Path, processes: int) -> Iterator[ReadResult]:
    size = max(1, min(CHUNK_SIZE, len(jobs) // processes))
    portions = (jobs[start : start + size] for start in range(0, len(jobs), size))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _prepare, (checkpoint,))
    waiting: deque[Future[list[ReadResult]]] = deque()
    finished = False
    try:
        with _interrupts_ignored():  # which the processes, started here, inherit: Ctrl-C is for this one to handle
            waiting.extend(_submitted(pool, islice(portions, CHUNKS_IN_FLIGHT * processes)))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(_submitted(pool, islice(portions, 1)))
        finished = True
    except BrokenProcessPool as error:
        raise InklingError(
            "A process that reads pictures was ended from outside, perhaps for want of memory. Try again with --jobs 1."
        ) from error
    finally:
        if not finished:
            for process in multiprocessing.active_children():
                process.terminate()
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, portions: Iterable[list[Job]]) -> Iterator["Future[list[ReadResult]]"]:
    return (pool.submit(_read_chunk, portion) for portion in portions)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_checkpoint = Path()
_classifier: "DigitClassifier | None" = None


def _prepare(checkpoint: Path) -> None:
    """Make a new process ready, without loading anything that might fail: that would be told as a broken pool."""
    global _checkpoint
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _checkpoint = checkpoint


def _read_chunk(jobs: list[Job]) -> list[ReadResult]:
    """Read a portion of the pictures in one of the processes."""
    global _classifier
    if _classifier is None:
        import cv2
        import torch

        from digits.recognition.classifier import DigitClassifier

        # There is a process for each core already.
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        _classifier = DigitClassifier.from_checkpoint(_checkpoint)
    return [_outcome(_classifier, job) for job in jobs]


def _outcome(classifier: "DigitClassifier", job: Job, whole: bool = False) -> ReadResult:
    """Read one picture and draw it where that is asked for; whatever goes wrong becomes a complaint."""
    try:
        if job.path.stat().st_size > MAX_CHUNK_BYTES:
            return ReadResult(job.path, None, f"The file has more than {MAX_CHUNK_BYTES // 10**6} MB.")
        data = job.path.read_bytes()
        page = PageReader(classifier).read(data)
    except Exception as error:  # one picture must not end the reading of thousands
        return ReadResult(job.path, None, _reason(error))
    answer = page.summary()
    if job.drawing:
        from digits.pictures import annotated_image

        try:
            annotated_image.draw_annotated_image(data, page, job.drawing)
        except Exception as error:  # the same
            return ReadResult(job.path, answer, f"It was read, but not drawn into {job.drawing}: {_reason(error)}")
    return ReadResult(job.path, answer, page=page if whole else None)


def _reason(error: Exception) -> str:
    if isinstance(error, InklingError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return f"It cannot be read ({type(error).__name__}: {error})."
