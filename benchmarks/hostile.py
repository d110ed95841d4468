"""Sends hostile requests to the server, and checks the responses.

    python benchmarks/hostile.py [--requests 10000]

- *hostile pictures*: damaged copies of the samples, and headers with false sizes;
- *hostile requests*: random paths, parameters, methods, headers and bodies.

A 5xx other than 503, a response that takes over two seconds, or a dead worker counts as a failure. Starts servers of
its own on the loopback address. Exits with status 1 if anything failed.
"""

import http.client
import itertools
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import click
from clients import PICTURE, ROOT, Client, children, served

LONGEST = 2.0  # seconds that a response may take


def pictures(rng: random.Random) -> Iterator[bytes]:
    """Yields samples with bytes changed, removed, doubled or cut off, and false sizes in headers."""
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
    """Sends the requests over four connections; returns a line for each failure."""
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
                except ValueError:  # this client cannot send it
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
    summary = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items(), key=str))
    print(f"{what}: {summary}; the longest took {longest[0]:.2f} s")
    for line in wrong[:10]:
        print(f"  {line}")
    return wrong


def with_pictures(rng: random.Random) -> Iterator[tuple]:
    kinds = ("image/png", "image/jpeg", "application/octet-stream", "text/plain")
    for data in pictures(rng):
        path = rng.choice(("/api/predict", "/api/predict?layers=all", "/api/read", "/api/importance", "/api/explain"))
        yield "POST", path, data, {"Content-Type": rng.choice(kinds)}


def at_random(rng: random.Random) -> Iterator[tuple]:
    """Yields random requests: distorted paths, parameters of all kinds, bodies of other types."""
    contract = (ROOT / "docs/api.md").read_text()
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
@click.option("--requests", default=10_000, show_default=True, help="Of each kind.")
def main(requests: int) -> None:
    """Print the statuses of all responses, and the failures."""
    wrong = [*hostile(requests, with_pictures, "hostile pictures"), *hostile(requests, at_random, "hostile requests")]
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
