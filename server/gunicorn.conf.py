"""gunicorn's configuration: `python -m digits serve` uses it, and so can any deployment."""

import os
import shutil
import sys
import tempfile

# Before torch is imported anywhere: each worker computes with one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")

MIN_FREE_BYTES = 2**24


def _small_file_folder():
    """Returns a folder for small files, in memory if possible: a busy or full disk then does not matter."""
    for folder in (os.environ.get("TMPDIR"), "/dev/shm", "/tmp"):  # noqa: S108 - only files of our own
        if folder and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MIN_FREE_BYTES:
            return folder
    sys.exit("Error: TMPDIR, /dev/shm or /tmp needs 16 MB of free space, where the workers share their metrics.")


# Before prometheus_client is imported: the workers share their metrics through files here. A reload keeps the folder.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="inkling-metrics-", dir=_small_file_folder())
# A process that must end with the server reads from this pipe. It closes when gunicorn's main process and all workers
# have ended. A reload keeps it too.
if os.environ.get("INKLING_SERVER_PIPE", "").partition(":")[0] != str(os.getpid()):
    os.environ["INKLING_SERVER_PIPE"] = f"{os.getpid()}:{os.pipe()[0]}"

# This imports torch once, for all workers to share; it starts none of torch's threads.
from server.middleware.rate_limit import build_limiter  # noqa: E402
from server.middleware.request_log import configuration  # noqa: E402
from server.settings import Settings  # noqa: E402

try:
    _settings = Settings.from_environment()
    build_limiter(_settings)
except ValueError as error:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
    sys.exit(f"Error: {error}")

workers = _settings.workers
threads = _settings.threads
worker_class = "server.gunicorn_worker.FairWorker"
preload_app = False  # torch's threads do not survive a fork, so each worker loads its networks itself, and again on HUP
timeout = 60
graceful_timeout = 10
keepalive = 15
control_socket_disable = True  # signals are enough, and no socket is left in the home folder
logconfig_dict = configuration(_settings)
worker_tmp_dir = _small_file_folder()


def child_exit(server, worker):
    """Removes the live gauges of a worker that has ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """Removes the folder of the metrics."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
