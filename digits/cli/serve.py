"""`serve`: starts the web server."""

import contextlib
import errno
import importlib.util
import os
import socket
import subprocess
import sys

import click

from digits.cli.common import Command
from digits.paths import PACKAGES, python_path

ALL_INTERFACES = ("0.0.0.0", "::")  # noqa: S104 - only where the user asks for it
LOOPBACK = ("127.0.0.1", "::1", "localhost")  # reachable from this computer only


@click.command(cls=Command)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; 0.0.0.0 admits the whole local network.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the page, so that a browser can draw digits and watch them being read.

    Runs gunicorn where it is installed, and Flask's own threaded server on Windows. Settings come from environment
    variables that begin with INKLING_; docs/settings.md lists them.
    """
    listener = _listen(host, port)
    name = "localhost" if host in (*ALL_INTERFACES, "127.0.0.1", "::1") else host
    click.echo(f"Inkling is starting at http://{name}:{port}  (Ctrl-C stops it)", err=True)
    if host in ALL_INTERFACES:
        _print_lan_address(port)
    if host in LOOPBACK and sys.platform != "win32":
        os.environ.setdefault("INKLING_TRAINING", "1")
    os.environ["PYTHONPATH"] = python_path()
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # no server.py of the current folder is imported instead (Python 3.11)
    if sys.platform != "win32" and importlib.util.find_spec("gunicorn"):
        listener.set_inheritable(True)
        bind = f"fd://{listener.detach()}"
        command = ["-m", "gunicorn", "--config", str(PACKAGES / "server/gunicorn.conf.py"), "--bind", bind]
        # Replaces this process, so that signals reach gunicorn itself.
        os.execv(sys.executable, [sys.executable, *command, "server:create_app()"])
    listener.close()
    command = ["-m", "flask", "--app", "server:create_app", "run", "--with-threads", f"--host={host}", f"--port={port}"]
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C stops the server, which is enough
        raise SystemExit(subprocess.call([sys.executable, *command]))  # noqa: S603 - fixed arguments


def _listen(host: str, port: int) -> socket.socket:
    """Returns a listening socket, so that no other program takes the port while the server loads.

    Raises `ClickException`, which explains the problem with the address.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except socket.gaierror:
        raise click.ClickException(f"There is no address “{host}” on this machine.") from None
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} is taken, perhaps by another Inkling. Try make serve PORT={port + 1}",
            errno.EACCES: f"Port {port} needs administrator rights. Try make serve PORT=8000",
            errno.EADDRNOTAVAIL: f"{host} is not an address of this machine. Try HOST=0.0.0.0 for all addresses.",
        }
        raise click.ClickException(reasons.get(error.errno or 0, f"Cannot listen on {host}:{port}: {error}")) from None


def _print_lan_address(port: int) -> None:
    """Prints the address on the local network and its QR code, for phones."""
    import segno

    address = _lan_address()
    if address is None:
        click.echo("This machine seems to have no network. Only its own browser can open the page.", err=True)
        return
    url = f"http://{address}:{port}"
    click.echo(f"On the same network: {url}\n", err=True)
    segno.make(url).terminal(out=sys.stderr, compact=True)
    click.echo(err=True)


def _lan_address() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; the system only chooses the outgoing address.
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737), reserved for documentation
        except OSError:
            return None
        return probe.getsockname()[0]
