"""What the server counts, for Prometheus. Under gunicorn the workers share their counts through files."""

import logging
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values

from digits.recognition.results import Prediction

log = logging.getLogger("inkling")

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
FILES = ("counter", "histogram", "gauge_livesum")  # as prometheus_client calls them, with the worker's number
ROOM = 2**18  # bytes of each: twice what all routes, stages and statuses need
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
SHORT = (0.0001, 0.00025, 0.0005, *SECONDS[:7])


class Metrics:
    """Everything that is counted."""

    def __init__(self) -> None:
        to = self.registry = CollectorRegistry()
        live = {"multiprocess_mode": "livesum", "registry": to}
        self.requests = Counter("inkling_requests", "Requests answered.", ["route", "status"], registry=to)
        self.request_seconds = Histogram(
            "inkling_request_seconds", "Time from request to answer.", ["route"], buckets=SECONDS, registry=to
        )
        self.stage_seconds = Histogram(
            "inkling_stage_seconds", "Time that a drawing takes in each stage.", ["stage"], buckets=SHORT, registry=to
        )
        self.readings = Counter("inkling_readings", "Digits read.", ["sure"], registry=to)
        self.waiting = Gauge("inkling_waiting", "Requests that wait for their turn.", ["queue"], **live)
        self.memory = Gauge("inkling_memory_bytes", "Resident memory of each worker.", ["worker"], **live)


_counts = Metrics()


def preallocate() -> None:
    """Make room for the counts of this worker, before it counts anything.

    The files are mapped into memory: to write where the disk has no room for it would end the process. Where there is
    none, this worker counts by itself, and `/metrics` tells of it alone whenever it is the one to answer.
    """
    global _counts
    if not hasattr(os, "posix_fallocate"):
        return
    paths = [Path(os.environ[FOLDER]) / f"{kind}_{os.getpid()}.db" for kind in FILES]
    try:
        for path in paths:
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, ROOM)
    except OSError as error:
        log.warning("Counts of this worker are its own: %s in %s", error.strerror, os.environ.pop(FOLDER))
        for path in paths:
            path.unlink(missing_ok=True)
        values.ValueClass = values.get_value_class()
        _counts = Metrics()


def count_request(route: str, status: int, seconds: float) -> None:
    """Count one request and how long its answer took."""
    _counts.requests.labels(route, status).inc()
    _counts.request_seconds.labels(route).observe(seconds)


def count_readings(found: Iterable[Prediction]) -> None:
    """Count digits that were read, sure and unsure ones apart."""
    for reading in found:
        _counts.readings.labels("yes" if reading.sure else "no").inc()


def time_stages(milliseconds: dict[str, float]) -> None:
    """Note how long each stage of reading one drawing took."""
    for stage, value in milliseconds.items():
        _counts.stage_seconds.labels(stage).observe(value / 1000)


def queue_gauge(queue: str) -> AbstractContextManager:
    """Count one more that waits in a queue, as long as the block runs."""
    return _counts.waiting.labels(queue).track_inprogress()


def update_memory_gauge() -> None:
    """Note how much memory this process takes, where the system tells it as Linux does."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        _counts.memory.labels(os.getpid()).set(int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))


def exposition() -> bytes:
    """All counts in Prometheus' text format, those of all workers added up."""
    update_memory_gauge()
    if FOLDER not in os.environ:
        return generate_latest(_counts.registry)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
