"""What the server does when things go wrong, each under the load of pads that draw:

    python benchmarks/faults.py [--seconds 20] [--requests 10000]

- *slow clients*: 200 of them send a request at a byte a second; how long do drawings wait meanwhile?
- *killed worker*, *reload* (HUP), *stop* (TERM): which requests of eight busy connections fail?
- *hostile pictures*: damaged copies of the samples, and headers that promise what is not there;
- *hostile requests*: paths, parameters, methods, headers and bodies at random.

An answer of 5xx other than 503, one that takes over two seconds, or a worker that has died counts as a failure. Starts
servers of its own on the loopback address; ends with status 1 if anything failed.
"""

import contextlib
import http.client
import itertools
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/browser")]

from serving import Server, free_port

PICTURE = (ROOT / "samples/3_from_the_page.png").read_bytes()
SLOW, PADS, PACE = 200, 5, 0.1  # slow clients; pads, and the seconds between two drawings of one
BUSY = 8  # connections that post without a pause
LONGEST = 2.0  # seconds that an answer may take
HEAD = f"POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {len(PICTURE)}\r\n\r\n"


class Client:
    """A connection that is opened again whenever it was closed."""

    def __init__(self, port: int) -> None:
        self.port, self.connection = port, None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """→ the status; raises OSError or HTTPException where there is no answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return answer.status

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None


def draw(port: int, until: threading.Event, pace: float, found: list[tuple[float, float, int | str]]) -> None:
    """Post drawings; notes for each when it began, how long it took and its status, or what went wrong."""
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
    """Pads that draw while the block runs."""
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


def children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextlib.contextmanager
def served(**environment: str) -> Iterator[Server]:
    server = Server(free_port(), INKLING_WORKERS="2", **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def slow_clients(seconds: int) -> list[str]:
    """Drawings without and beside clients that send a byte a second, in every part of a request."""
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
                    with contextlib.suppress(OSError):  # those that took too long were sent away
                        client.send(whole[start + second : start + second + 1])
                time.sleep(1)
    print(f"without slow clients: {waits(before)}; {failed(before)}")
    print(f"beside {SLOW} slow clients: {waits(beside)}; {failed(beside)}")
    return [status for _, _, status in before + beside if status != 200]


def killed_worker(seconds: int) -> list[str]:
    """Only the requests that the killed worker had taken may fail, one for each of its connections."""
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
    """No request may be lost to a reload."""
    with served() as server, drawing(server.port, BUSY, 0) as found:
        for _ in range(3):
            time.sleep(seconds / 4)
            server.process.send_signal(signal.SIGHUP)
        time.sleep(seconds / 4)
    print(f"three reloads: {len(found):,} drawings, {failed(found)}")
    return [status for _, _, status in found if status != 200]


def stop(seconds: int) -> list[str]:
    """What was begun before a stop is answered; what comes later finds the door closed."""
    with served() as server, drawing(server.port, BUSY, 0.01) as found:
        time.sleep(seconds / 4)
        stopped = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
        took = time.perf_counter() - stopped
    before = [entry for entry in found if entry[0] < stopped]
    print(f"stopped in {took:.1f} s: {len(before):,} drawings begun before, {failed(before)}")
    return [status for _, _, status in before if status != 200]


def pictures(rng: random.Random) -> Iterator[bytes]:
    """Samples with bytes changed, left out, doubled or cut off, and their headers with other sizes."""
    samples = [path.read_bytes() for path in sorted((ROOT / "samples").iterdir()) if path.suffix != ".md"]
    while True:
        data = bytearray(rng.choice(samples))
        for _ in range(rng.choice((1, 1, 3, 30))):
            at = rng.randrange(min(len(data), rng.choice((64, 64, len(data)))))
            kind = rng.randrange(5)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\x40\0"))
            elif kind == 2:
                del data[at : at + rng.randrange(1, 200)]
            elif kind == 3:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
            else:
                del data[at + 8 :]
            data = data or bytearray(b"\0")
        yield bytes(data)


def hostile(requests: int, make: Callable[[random.Random], Iterator[tuple]], what: str) -> list[str]:
    """Send so many requests over four connections; → what went wrong."""
    wrong, statuses, longest = [], Counter(), [0.0]
    with served() as server:
        workers = children(server.process.pid)

        def send(seed: int) -> None:
            client = Client(server.port)
            for request in itertools.islice(make(random.Random(seed)), requests // 4):
                began = time.perf_counter()
                try:
                    status = client.ask(*request[:3], **request[3])
                except (OSError, http.client.HTTPException) as error:
                    status = type(error).__name__
                except ValueError:  # what this client would not send
                    client.close()
                    continue
                took = time.perf_counter() - began
                longest[0] = max(longest[0], took)
                statuses[status] += 1
                if not isinstance(status, int) or (status >= 500 and status != 503) or took > LONGEST:
                    wrong.append(f"{status} after {took:.1f} s: {request[0]} {request[1]} {str(request[2])[:60]}")
            client.close()

        threads = [threading.Thread(target=send, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if children(server.process.pid) != workers:
            wrong.append("a worker died")
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items(), key=str))
    print(f"{what}: {told}; the longest took {longest[0]:.2f} s")
    for line in wrong[:10]:
        print(f"  {line}")
    return wrong


def with_pictures(rng: random.Random) -> Iterator[tuple]:
    kinds = ("image/png", "image/jpeg", "application/octet-stream", "text/plain")
    for data in pictures(rng):
        path = rng.choice(("/api/predict", "/api/predict?layers=all", "/api/read", "/api/importance", "/api/explain"))
        yield "POST", path, data, {"Content-Type": rng.choice(kinds)}


def at_random(rng: random.Random) -> Iterator[tuple]:
    """Requests that nobody meant: known paths bent, parameters of all kinds, bodies of other types."""
    contract = (ROOT / "server/openapi.py").read_text() + (ROOT / "README.md").read_text()
    paths = sorted({"/", "/openapi.json", "/static/js/main.js", *re.findall(r"/api/[a-z/]+", contract)})
    names = (
        "model",
        "models",
        "layers",
        "layer",
        "map",
        "scaled",
        "centred",
        "digit",
        "against",
        "actual",
        "read",
        "lang",
    )
    values = (
        "",
        "mlp",
        "five_conv",
        "conv1",
        "0",
        "-1",
        "9" * 400,
        "all",
        "on",
        "off",
        "..%2f..",
        "%00",
        "%ff",
        "é",
        "NaN",
    )
    values += ("1e9", "mlp,mlp,mlp", ",", "'\"<x>", "{}", "../../etc/passwd")
    bodies = (None, b"", b"{}", b"[]", b'{"image": 1}', b'{"image": "data:,"}', b"\0" * 999, PICTURE, b"[" * 9999)
    kinds = (
        "image/png",
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "",
        "é",
        "a/b;" * 99,
    )
    while True:
        path = rng.choice(paths)
        if rng.random() < 0.2:
            at = rng.randrange(len(path))
            path = path[:at] + rng.choice(("..", "//", "%2e%2e/", "%00", "~", "?", "#", "\\", "%")) + path[at:]
        query = "&".join(f"{rng.choice(names)}={rng.choice(values)}" for _ in range(rng.randrange(5)))
        method = rng.choice(("GET", "POST", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW"))
        headers = {"Content-Type": rng.choice(kinds)}
        if rng.random() < 0.3:
            name = rng.choice(
                ("Accept-Encoding", "Accept-Language", "Cookie", "Range", "If-None-Match", "Origin", "Host")
            )
            headers[name] = rng.choice(("*", "gzip;q=x", "bytes=-1", "lang=../..", "null", "a" * 4000, ",,;;", 'W/"'))
        yield method, f"{path}?{query}" if query else path, rng.choice(bodies), headers


@click.command()
@click.option("--seconds", default=20, show_default=True, help="Length of each of the faults.")
@click.option("--requests", default=10_000, show_default=True, help="Hostile pictures, and hostile requests.")
def main(seconds: int, requests: int) -> None:
    """Print what failed under each fault."""
    wrong = [
        *slow_clients(seconds),
        *killed_worker(seconds),
        *reloads(seconds),
        *stop(seconds),
        *hostile(requests, with_pictures, "hostile pictures"),
        *hostile(requests, at_random, "hostile requests"),
    ]
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
