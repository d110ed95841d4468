"""Inkling on a Ray cluster: the Flask application, replicated by Ray Serve.

    pip install -r deploy/requirements.txt
    python deploy/ray_serve.py --replicas 2                        # a cluster of this machine alone; Ctrl-C ends it
    python deploy/ray_serve.py --address 10.0.0.1:6379 --replicas 8 --host 0.0.0.0

docs/deploying.md describes how to set up a cluster, and the consequences when one of its machines fails.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication

    from a2wsgi import WSGIMiddleware
    from ray.serve import Application

ROOT = Path(__file__).resolve().parents[1]
NAME = "inkling"
MAX_REQUEST_SECONDS = 60  # in all; it ends slow uploads too
MAX_QUEUED_REQUESTS = 100  # in a proxy, waiting for a replica; the next one gets a 503
# For `ray start --head --system-config`. With Ray's defaults, two of four runs of benchmarks/ray_node.py replaced a
# lost replica only after 17 s. With these values all four took 7 to 8 s.
HEALTH_CHECKS = {
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 2000,
    "health_check_failure_threshold": 3,
}


def build(environment: dict[str, str]) -> "WSGIMiddleware":
    """Builds the application of one replica; Ray calls this in the replica's process."""
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))
    from logging.config import dictConfig

    from a2wsgi import WSGIMiddleware

    from server import create_app
    from server.middleware.request_log import configuration
    from server.settings import Settings

    settings = Settings.from_environment()
    dictConfig(configuration(settings))
    app = create_app(settings)
    # Each replica counts for itself, and any of them may answer.
    app.view_functions["health.exposition"] = lambda: (
        "This address has no metrics; Ray has those of the cluster.\n",
        404,
    )
    app.before_request(_use_ray_request_id)
    return WSGIMiddleware(_adapt_to_ray(app.wsgi_app), workers=settings.threads)


def _use_ray_request_id() -> None:
    """Logs a request under the id that Ray gave it."""
    from flask import g, request

    g.request_id = request.headers["X-Request-ID"][:64]


def _adapt_to_ray(app: "WSGIApplication") -> "WSGIApplication":
    """Adapts a WSGI application to Ray Serve.

    Marks the end of a body as known, so that Flask reads chunked bodies. Removes two headers that Ray writes itself.
    """

    def call(environ: dict, start: "StartResponse") -> "Iterable[bytes]":
        def begin(status: str, headers: list[tuple[str, str]], *error: object) -> "Callable":
            return start(status, [each for each in headers if each[0] not in ("Date", "X-Request-ID")], *error)

        return app(environ | {"wsgi.input_terminated": True}, begin)

    return call


def application(replicas: int) -> "Application":
    """Returns the application for Ray Serve: each replica has its own process and one core."""
    from ray import cloudpickle, serve

    from server.settings import Settings

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # the replicas get a copy of this file
    environment = {name: value for name, value in os.environ.items() if name.startswith("INKLING_")}
    environment["INKLING_TRAINING"] = "0"  # a training runs in one process, and its next request may reach another
    return serve.deployment(
        serve.ingress(lambda: build(environment))(),
        name=NAME,
        num_replicas=replicas,
        # Without a runtime environment Ray has a process ready for a replica that must move.
        ray_actor_options={"num_cpus": 1},
        max_ongoing_requests=Settings.from_environment().threads,
        max_queued_requests=MAX_QUEUED_REQUESTS,
        health_check_period_s=1,
        health_check_timeout_s=5,
        graceful_shutdown_timeout_s=10,
    ).bind()


def deploy(replicas: int, host: str, port: int, everywhere: bool = False) -> None:
    """Deploys the application on the connected cluster; returns when all replicas are ready."""
    from ray import serve

    serve.start(
        proxy_location="EveryNode" if everywhere else "HeadOnly",
        http_options={"host": host, "port": port, "request_timeout_s": MAX_REQUEST_SECONDS},
        # A single proxy must not prefer the replicas on its own machine.
        controller_options={
            "runtime_env": {"env_vars": {"RAY_SERVE_PROXY_PREFER_LOCAL_NODE_ROUTING": str(int(everywhere))}}
        },
    )
    serve.run(application(replicas), name=NAME, route_prefix="/")


@click.command()
@click.option(
    "--address",
    default="local",
    show_default=True,
    metavar="HOST:PORT",
    help="Address of the cluster, as printed by `ray start --head`; auto on one of its machines. "
    "local starts a cluster of this machine alone.",
)
@click.option("--replicas", type=click.IntRange(1), default=2, show_default=True, help="Number of replicas.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; 0.0.0.0 for other computers.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--everywhere",
    is_flag=True,
    help="Run a proxy on every machine with a replica, for a load balancer in front. Otherwise only the head has one.",
)
def main(address: str, replicas: int, host: str, port: int, everywhere: bool) -> None:
    """Serve the page from a Ray cluster.

    Every machine of the cluster needs this folder at the same path, and the packages of deploy/requirements.txt.
    Settings come from the INKLING_ variables of this command. Training in the page and /metrics are off. On a cluster
    the application runs on after this command has ended; `serve shutdown` stops it. Call the command again to change
    the number of replicas.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Inkling contacts no other host
    try:
        import ray
    except ImportError:
        raise click.ClickException("Ray is not installed: pip install -r deploy/requirements.txt") from None
    from server.settings import Settings

    try:
        Settings.from_environment()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    local = address == "local"
    options = {"num_cpus": replicas, "include_dashboard": False} if local else {}
    ray.init(address, log_to_driver=False, logging_level="WARNING", **options)
    cores = int(ray.cluster_resources().get("CPU", 0))
    if cores < replicas:
        raise click.ClickException(f"The cluster has {cores} cores, and each of {replicas} replicas needs one.")
    deploy(replicas, host, port, everywhere)
    click.echo(f"Inkling is at http://{host}:{port}", err=True)
    if local:
        _wait()


def _wait() -> None:
    """Waits for Ctrl-C or SIGTERM, then stops the application and Ray."""
    import ray
    from ray import serve

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo("Ctrl-C stops it.", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
    serve.shutdown()
    ray.shutdown()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
