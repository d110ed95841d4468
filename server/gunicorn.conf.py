"""gunicorn's configuration: `python -m digits serve` uses it, and so can any deployment."""

import os
import shutil
import sys
import tempfile

# Before torch is imported anywhere: each worker reads with one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def _place():
    """A folder for small files: in memory where possible, where neither a busy disk nor a full one matters."""
    for place in (os.environ.get("TMPDIR"), "/dev/shm", "/tmp"):  # noqa: S108 - only files of our own
        if place and os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2**24:
            return place
    sys.exit(
        "Error: TMPDIR, /dev/shm or /tmp must have 16 MB of room in which the server's processes share their counts."
    )


# Before prometheus_client is imported: the workers share their counts through files here. Kept over a reload.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="inkling-metrics-", dir=_place())
# Whatever is to end with the server reads from this pipe: it is closed when the main process and its workers are gone.
if os.environ.get("INKLING_LEASH", "").partition(":")[0] != str(os.getpid()):  # kept over a reload too
    os.environ["INKLING_LEASH"] = f"{os.getpid()}:{os.pipe()[0]}"

# This imports torch once, for all workers to share; it starts no thread of torch's.
from server.middleware.rate_limit import limiter  # noqa: E402
from server.middleware.request_log import configuration  # noqa: E402
from server.settings import Settings  # noqa: E402

try:
    _settings = Settings.from_environment()
    limiter(_settings)
except ValueError as error:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
    sys.exit(f"Error: {error}")

workers = _settings.workers
threads = _settings.threads
worker_class = "server.gunicorn_worker.FairWorker"
preload_app = False  # torch's threads do not survive a fork, so each worker loads its networks itself, and anew on HUP
timeout = 60
graceful_timeout = 10
keepalive = 15
control_socket_disable = True  # signals are all the control that is needed; no socket in anybody's home
logconfig_dict = configuration(_settings)
worker_tmp_dir = _place()


def child_exit(server, worker):
    """Close a dead worker's books."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """Leave nothing behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
