"""Inkling on a Ray cluster: the same Flask application, replicated by Ray Serve.

    pip install -r deploy/requirements.txt
    python deploy/ray_serve.py --replicas 2                        # a cluster of this machine alone; Ctrl-C ends it
    python deploy/ray_serve.py --address 10.0.0.1:6379 --replicas 8 --host 0.0.0.0

docs/deploying.md tells how such a cluster is set up, and what happens when one of its machines dies.
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
LONGEST = 60  # seconds that a request may take, all told: a slow upload ends then
WAITING = 100  # requests that wait in a door for a replica; the next one gets a 503
# For `ray start --head --system-config`. As Ray comes, in two of four runs of benchmarks/ray_node.py a lost replica was
# back only after 17 s, as if Ray had first tried the machine that was gone; with these after 7 to 8 in all.
HEALTH = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500, "health_check_timeout_ms": 2000}
HEALTH |= {"health_check_failure_threshold": 3}


def build(environment: dict[str, str]) -> "WSGIMiddleware":
    """The application of one replica, with networks of its own; Ray calls this in the replica's process."""
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
    # Each replica counts for itself, and nobody can say which one would answer.
    app.view_functions["health.exposition"] = lambda: ("Ray counts for the cluster; no replica does.\n", 404)
    app.before_request(_take_its_id)
    return WSGIMiddleware(_between(app.wsgi_app), workers=settings.threads)


def _take_its_id() -> None:
    """Log a request under the id that Ray gave it."""
    from flask import g, request

    g.request_id = request.headers["X-Request-ID"][:64]


def _between(app: "WSGIApplication") -> "WSGIApplication":
    """What WSGI and Ray expect of each other.

    A body ends by itself, so that one sent in chunks can be read; and Ray writes two of the headers on its own.
    """

    def call(environ: dict, start: "StartResponse") -> "Iterable[bytes]":
        def begin(status: str, headers: list[tuple[str, str]], *error: object) -> "Callable":
            return start(status, [each for each in headers if each[0] not in ("Date", "X-Request-ID")], *error)

        return app(environ | {"wsgi.input_terminated": True}, begin)

    return call


def application(replicas: int) -> "Application":
    """What Ray Serve is to run: so many replicas, each in a process of its own with one core."""
    from ray import cloudpickle, serve

    from server.settings import Settings

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # this file goes to the replicas as it is here
    environment = {name: value for name, value in os.environ.items() if name.startswith("INKLING_")}
    environment["INKLING_TRAINING"] = "0"  # it runs in one process, and the next request for it may reach another
    return serve.deployment(
        serve.ingress(lambda: build(environment))(),
        name=NAME,
        num_replicas=replicas,
        # No environment of its own: then Ray has a process ready for a replica that must move.
        ray_actor_options={"num_cpus": 1},
        max_ongoing_requests=Settings.from_environment().threads,
        max_queued_requests=WAITING,
        health_check_period_s=1,
        health_check_timeout_s=5,
        graceful_shutdown_timeout_s=10,
    ).bind()


def deploy(replicas: int, host: str, port: int, everywhere: bool = False) -> None:
    """Run it on the cluster that this process is connected to; returns when all replicas are ready."""
    from ray import serve

    serve.start(
        proxy_location="EveryNode" if everywhere else "HeadOnly",
        http_options={"host": host, "port": port, "request_timeout_s": LONGEST},
        # A door that is the only one shall not prefer the replicas that it shares a machine with.
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
    help="The cluster: the address that `ray start --head` printed, or auto on one of its machines. "
    "local starts one that is this machine alone.",
)
@click.option("--replicas", type=click.IntRange(1), default=2, show_default=True, help="Processes that read digits.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where the cluster's door listens; 0.0.0.0 lets others in.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--everywhere",
    is_flag=True,
    help="A door on every machine that has a replica, for a load balancer in front. Otherwise only the head has one.",
)
def main(address: str, replicas: int, host: str, port: int, everywhere: bool) -> None:
    """Serve the page from a Ray cluster.

    Every machine of the cluster needs this folder at the same path, and the packages of deploy/requirements.txt.
    Settings come from the INKLING_ variables of this command; networks cannot be trained in the page, and /metrics is
    off. On a cluster it goes on when this command has ended (`serve shutdown` stops it); calling the command again
    changes the number of replicas.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Inkling asks no other host for anything
    try:
        import ray
    except ImportError:
        raise click.ClickException("Ray is not installed: pip install -r deploy/requirements.txt") from None
    from server.settings import Settings

    try:
        Settings.from_environment()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    alone = address == "local"
    own = {"num_cpus": replicas, "include_dashboard": False} if alone else {}
    ray.init(address, log_to_driver=False, logging_level="WARNING", **own)
    cores = int(ray.cluster_resources().get("CPU", 0))
    if cores < replicas:
        raise click.ClickException(f"The cluster has {cores} cores, and each of {replicas} replicas wants one.")
    deploy(replicas, host, port, everywhere)
    click.echo(f"Inkling is at http://{host}:{port}", err=True)
    if alone:
        _wait()


def _wait() -> None:
    """Until Ctrl-C or SIGTERM."""
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
