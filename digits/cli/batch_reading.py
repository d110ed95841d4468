"""Reads many pictures, in this process or in several; returns the results in their order.

A process reads a picture from file to result. Only file names and plain results pass between processes.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
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

MIN_FOR_PROCESSES = 32  # with more pictures, several processes are worth the second or two that each takes to start
CHUNK_SIZE = 8  # pictures given to a process at a time
CHUNKS_IN_FLIGHT = 3  # per process: enough that none waits, few enough that results do not pile up
MAX_FILE_BYTES = 500 * 10**6  # no picture of 40 megapixels is larger


@dataclass(frozen=True)
class Job:
    """A picture to read, and the PNG that shows it with its boxes, if any."""

    path: Path
    drawing: Path | None = None


@dataclass(frozen=True)
class ReadResult:
    """Result of one picture."""

    path: Path
    summary: dict[str, Any] | None  # `PagePrediction.summary()`; None if the picture could not be read
    error: str | None = None  # a sentence
    page: "PagePrediction | None" = None  # only where it was asked for


def cores() -> int:
    """Returns the number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(
    jobs: list[Job], checkpoint: Path, processes: int | None, keep_pages: bool = False
) -> Generator[ReadResult, None, None]:
    """Reads pictures and yields the result of each, in their order.

    processes: None for one per core where there are many pictures, else this process alone. keep_pages: keep the page
    predictions; the pictures are then read in this process. Raises `BadCheckpoint` and, where a process died,
    `InklingError`. Closing the generator ends the processes at once.
    """
    if processes is None:
        processes = cores() if len(jobs) > MIN_FOR_PROCESSES else 1
    if keep_pages or min(processes, len(jobs)) <= 1:
        return _read_here(jobs, checkpoint, keep_pages)
    return _read_in_processes(jobs, checkpoint, min(processes, len(jobs)))


def _read_here(jobs: list[Job], checkpoint: Path, keep_pages: bool) -> Generator[ReadResult, None, None]:
    from digits.recognition.classifier import DigitClassifier

    classifier = DigitClassifier.from_checkpoint(checkpoint)
    for job in jobs:
        yield _read(classifier, job, keep_pages)


def _read_in_processes(jobs: list[Job], checkpoint: Path, processes: int) -> Generator[ReadResult, None, None]:
    size = max(1, min(CHUNK_SIZE, len(jobs) // processes))
    chunks = (jobs[start : start + size] for start in range(0, len(jobs), size))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _prepare, (checkpoint,))
    pending: deque[Future[list[ReadResult]]] = deque()
    finished = False
    try:
        with _interrupts_ignored():  # inherited by the processes started here: this process handles Ctrl-C
            pending.extend(_submit(pool, islice(chunks, CHUNKS_IN_FLIGHT * processes)))
        while pending:
            yield from pending.popleft().result()
            pending.extend(_submit(pool, islice(chunks, 1)))
        finished = True
    except BrokenProcessPool as error:
        raise InklingError(
            "A process that reads pictures was killed, perhaps because memory ran out. Try again with --jobs 1."
        ) from error
    finally:
        if not finished:
            for process in multiprocessing.active_children():
                process.terminate()
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, chunks: Iterable[list[Job]]) -> Iterator["Future[list[ReadResult]]"]:
    return (pool.submit(_read_chunk, chunk) for chunk in chunks)


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
    """Prepares a new process. It loads nothing that may fail, because that would appear as a broken pool."""
    global _checkpoint
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _checkpoint = checkpoint


def _read_chunk(jobs: list[Job]) -> list[ReadResult]:
    """Reads some pictures in one of the processes."""
    global _classifier
    if _classifier is None:
        import cv2
        import torch

        from digits.recognition.classifier import DigitClassifier

        # There is a process for each core.
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        _classifier = DigitClassifier.from_checkpoint(_checkpoint)
    return [_read(_classifier, job) for job in jobs]


def _read(classifier: "DigitClassifier", job: Job, keep_page: bool = False) -> ReadResult:
    """Reads one picture, and draws it where that is asked for; any exception becomes the result's error."""
    try:
        if job.path.stat().st_size > MAX_FILE_BYTES:
            return ReadResult(job.path, None, f"The file has more than {MAX_FILE_BYTES // 10**6} MB.")
        data = job.path.read_bytes()
        page = PageReader(classifier).read(data)
    except Exception as error:  # one bad picture must not stop thousands of others
        return ReadResult(job.path, None, _reason(error))
    summary = page.summary()
    if job.drawing:
        from digits.pictures import annotated_image

        try:
            annotated_image.draw_annotated_image(data, page, job.drawing)
        except Exception as error:
            return ReadResult(job.path, summary, f"It was read, but not drawn into {job.drawing}: {_reason(error)}")
    return ReadResult(job.path, summary, page=page if keep_page else None)


def _reason(error: Exception) -> str:
    if isinstance(error, InklingError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return f"It cannot be read ({type(error).__name__}: {error})."
