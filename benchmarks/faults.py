"""Measures the server under faults while pads draw.

    python benchmarks/faults.py [--seconds 20]

- *slow clients*: 200 clients send a request at one byte a second. How long do drawings wait?
- *photos*: two clients send a photo of eight digits without a pause. How long do drawings wait?
- *killed worker*, *reload* (HUP), *stop* (TERM): which requests of eight busy connections fail?

Starts servers of its own on the loopback address. Exits with status 1 if a request failed that should not have.
"""

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import click
import numpy as np
from clients import PICTURE, ROOT, Client, children, served

SLOW, PADS, PACE = 200, 5, 0.1  # slow clients; pads; seconds between two drawings of a pad
BUSY = 8  # connections that post without a pause
HEAD = f"POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {len(PICTURE)}\r\n\r\n"


def draw(port: int, until: threading.Event, pace: float, found: list[tuple[float, float, int | str]]) -> None:
    """Posts drawings; appends to `found` start, duration in seconds, and status or error name of each."""
    client = Client(port)
    while not until.is_set():
        began = time.perf_counter()
        try:
            status = client.ask("POST", "/api/predict", PICTURE, **{"Content-Type": "image/png"})
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
        found.append((began, time.perf_counter() - began, status))
        until.wait(max(0.0, began + pace - time.perf_counter()))
    client.close()


@contextlib.contextmanager
def drawing(port: int, pads: int, pace: float) -> Iterator[list[tuple[float, float, int | str]]]:
    """Runs pads that draw while the block runs; yields the list of their results."""
    found, until = [], threading.Event()
    threads = [threading.Thread(target=draw, args=(port, until, pace, found)) for _ in range(pads)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        until.set()
        for thread in threads:
            thread.join()


def waits(found: list[tuple[float, float, int | str]]) -> str:
    seconds = [took for _, took, status in found if status == 200]
    p50, p99 = 1000 * np.percentile(seconds, [50, 99])
    return f"{len(found):,} drawings, p50 {p50:.1f} ms, p99 {p99:.1f}"


def failed(found: list[tuple[float, float, int | str]]) -> str:
    kinds = Counter(status for _, _, status in found if status != 200)
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.items()) or "none failed"


def slow_clients(seconds: int) -> list[str]:
    """Measures drawings without and beside clients that send one byte a second."""
    whole = HEAD.encode() + PICTURE
    with served() as server, contextlib.ExitStack() as stack:
        with drawing(server.port, PADS, PACE) as before:
            time.sleep(seconds / 4)
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(SLOW)]
        at = [number * len(whole) // SLOW for number in range(SLOW)]
        for client, start in zip(clients, at, strict=True):
            client.sendall(whole[:start])
        with drawing(server.port, PADS, PACE) as beside:
            for second in range(seconds):
                for client, start in zip(clients, at, strict=True):
                    with contextlib.suppress(OSError):  # the server disconnects clients that take too long
                        client.send(whole[start + second : start + second + 1])
                time.sleep(1)
    print(f"without slow clients: {waits(before)}; {failed(before)}")
    print(f"beside {SLOW} slow clients: {waits(beside)}; {failed(beside)}")
    return [status for _, _, status in before + beside if status != 200]


def photos(seconds: int) -> list[str]:
    """Measures drawings beside photos, which take tenths of a second."""
    photo, read = (ROOT / "docs/photo_squared.jpg").read_bytes(), []
    with served() as server, drawing(server.port, PADS, PACE) as beside:
        until = threading.Event()

        def send() -> None:
            client = Client(server.port)
            while not until.is_set():
                read.append(client.ask("POST", "/api/read", photo, **{"Content-Type": "image/jpeg"}))
            client.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 2)
        until.set()
        for thread in threads:
            thread.join()
    print(f"beside {len(read)} photos: {waits(beside)}; {failed(beside)}")
    return [status for status in [*read, *(status for _, _, status in beside)] if status != 200]


def killed_worker(seconds: int) -> list[str]:
    """Kills a worker; only its running requests may fail, one for each of its connections."""
    with served() as server, drawing(server.port, BUSY, 0) as found:
        time.sleep(seconds / 4)
        killed = time.perf_counter()
        os.kill(children(server.process.pid)[0], signal.SIGKILL)
        time.sleep(seconds / 2)
        workers = len(children(server.process.pid))
    after = [entry for entry in found if entry[0] > killed + seconds / 4]
    print(f"a worker killed: {len(found):,} drawings, {failed(found)}; then {workers} workers, {failed(after)}")
    lost = [status for _, _, status in found if status != 200]
    return (lost if len(lost) > BUSY else []) + [status for *_, status in after if status != 200]


def reloads(seconds: int) -> list[str]:
    """Reloads three times; no request may fail."""
    with served() as server, drawing(server.port, BUSY, 0) as found:
        for _ in range(3):
            time.sleep(seconds / 4)
            server.process.send_signal(signal.SIGHUP)
        time.sleep(seconds / 4)
    print(f"three reloads: {len(found):,} drawings, {failed(found)}")
    return [status for _, _, status in found if status != 200]


def stop(seconds: int) -> list[str]:
    """Stops the server; requests that began before must be answered."""
    with served() as server, drawing(server.port, BUSY, 0.01) as found:
        time.sleep(seconds / 4)
        stopped = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
        took = time.perf_counter() - stopped
    before = [entry for entry in found if entry[0] < stopped]
    print(f"stopped in {took:.1f} s: {len(before):,} drawings begun before, {failed(before)}")
    return [status for _, _, status in before if status != 200]


@click.command()
@click.option("--seconds", default=20, show_default=True, help="Length of each of the faults.")
def main(seconds: int) -> None:
    """Print the failed requests of each fault."""
    wrong = [*slow_clients(seconds), *photos(seconds), *killed_worker(seconds), *reloads(seconds), *stop(seconds)]
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
