"""Counts and times for Prometheus. Under gunicorn the workers share them through files."""

import logging
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values

from digits.recognition.results import Prediction

log = logging.getLogger("inkling")

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
FILE_KINDS = ("counter", "histogram", "gauge_livesum")  # prometheus_client's names of its files
FILE_BYTES = 2**18  # twice the need of all routes, stages and statuses
REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
STAGE_SECONDS = (0.0001, 0.00025, 0.0005, *REQUEST_SECONDS[:7])


class Metrics:
    """All metrics of the server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        shared: dict[str, Any] = {"registry": self.registry}
        live: dict[str, Any] = {"registry": self.registry, "multiprocess_mode": "livesum"}
        self.requests = Counter("inkling_requests", "Requests answered.", ["route", "status"], **shared)
        self.request_seconds = Histogram(
            "inkling_request_seconds", "Time from request to response.", ["route"], buckets=REQUEST_SECONDS, **shared
        )
        self.stage_seconds = Histogram(
            "inkling_stage_seconds", "Time of a drawing in each stage.", ["stage"], buckets=STAGE_SECONDS, **shared
        )
        self.readings = Counter("inkling_readings", "Digits read.", ["sure"], **shared)
        self.waiting = Gauge("inkling_waiting", "Requests that wait in a queue.", ["queue"], **live)
        self.memory = Gauge("inkling_memory_bytes", "Resident memory of each worker.", ["worker"], **live)


_metrics = Metrics()


def preallocate() -> None:
    """Reserves disk space for this worker's files, before it counts anything.

    prometheus_client maps its files into memory. Without reserved space, a write on a full disk ends the process
    (SIGBUS), which the test with a full disk shows. If there is no space left, this worker counts for itself alone,
    and `/metrics` shows its own counts whenever this worker answers.
    """
    global _metrics
    if not hasattr(os, "posix_fallocate"):
        return
    paths = [Path(os.environ[FOLDER_VARIABLE]) / f"{kind}_{os.getpid()}.db" for kind in FILE_KINDS]
    try:
        for path in paths:
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, FILE_BYTES)
    except OSError as error:
        log.warning("This worker shares no metrics: %s in %s", error.strerror, os.environ.pop(FOLDER_VARIABLE))
        for path in paths:
            path.unlink(missing_ok=True)
        values.ValueClass = values.get_value_class()
        _metrics = Metrics()


def count_request(route: str, status: int, seconds: float) -> None:
    """Counts one request and the time until its response."""
    _metrics.requests.labels(route, status).inc()
    _metrics.request_seconds.labels(route).observe(seconds)


def count_readings(predictions: Iterable[Prediction]) -> None:
    """Counts predicted digits, sure and unsure ones apart."""
    for prediction in predictions:
        _metrics.readings.labels("yes" if prediction.sure else "no").inc()


def time_stages(milliseconds: dict[str, float]) -> None:
    """Records the time of each stage of one prediction."""
    for stage, value in milliseconds.items():
        _metrics.stage_seconds.labels(stage).observe(value / 1000)


def queue_gauge(queue: str) -> AbstractContextManager[Any]:
    """Counts one more request that waits in a queue, for as long as the block runs."""
    return _metrics.waiting.labels(queue).track_inprogress()


def update_memory_gauge() -> None:
    """Records the resident memory of this process; does nothing without Linux's /proc."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        _metrics.memory.labels(os.getpid()).set(int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))


def exposition() -> bytes:
    """Returns all metrics in Prometheus' text format, summed over the workers."""
    update_memory_gauge()
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(_metrics.registry)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
