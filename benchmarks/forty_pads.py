"""Measures a class of forty: each pad posts ten drawings a second and asks once for all layers.

    python benchmarks/forty_pads.py [--minutes 10]

Starts a server of its own on the loopback address and loads it with wrk (apt install wrk), which pauses between two
requests of a pad as the page does. Prints response times, failures, and the server's memory. Exits with status 1 if
a request failed.
"""

import re
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import click
from clients import PICTURE, served

PADS = 40
LUA = """
wrk.method, wrk.headers["Content-Type"], wrk.headers["Accept-Encoding"] = "POST", "image/png", "gzip"
wrk.body = io.open("{picture}", "rb"):read("*a")
math.randomseed({rest})
function delay() return math.random({rest} - {quarter}, {rest} + {quarter}) end
function done(summary, latency)
  local e = summary.errors
  print(("FOUND %d %d %d %d %d %d"):format(summary.requests, e.connect + e.read + e.write + e.status, e.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
end
"""
# Query and mean pause after it in ms; each pause varies by a quarter, so that pads are not in step.
ASKS = {"drawings": ("", 95), "all layers": ("?layers=all", 990)}


def memory(url: str) -> float:
    """Returns the resident memory of all workers, in MB."""
    with urllib.request.urlopen(f"{url}metrics") as answer:
        lines = answer.read().decode()
    return sum(float(value) for value in re.findall(r"^inkling_memory_bytes\S* (\S+)", lines, re.MULTILINE)) / 1e6


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--pads", default=PADS, show_default=True)
def main(minutes: float, pads: int) -> None:
    """Print response times, failures and memory for a class of forty."""
    seconds, failed = round(60 * minutes), 0
    with served() as server, tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "drawing.png"
        picture.write_bytes(PICTURE)
        loads = {}
        for name, (query, rest) in ASKS.items():
            script = Path(folder) / f"{rest}.lua"
            script.write_text(LUA.format(picture=picture, rest=rest, quarter=rest // 4))
            url = f"{server.url}api/predict{query}"
            command = ["wrk", "-t1", f"-c{pads}", f"-d{seconds}s", "--timeout=5s", "-s", str(script), url]
            loads[name] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        weights = []
        while any(load.poll() is None for load in loads.values()):
            time.sleep(seconds / 20)
            weights.append(memory(server.url))
        for name, load in loads.items():
            found = re.search(r"^FOUND (.*)$", load.communicate()[0], re.MULTILINE)
            requests, errors, late, p50, p99, longest = map(int, found[1].split())
            failed += errors + late
            print(
                f"{name}: {requests:,} answers, {requests / seconds / pads:.1f} a second for each of {pads} pads; "
                f"p50 {p50 / 1000:.1f} ms, p99 {p99 / 1000:.1f}, longest {longest / 1000:.0f}; "
                f"{errors} failed, {late} took over 5 s"
            )
    print(f"memory of the workers: {weights[1]:.0f} MB after a tenth of the time, {weights[-1]:.0f} at the end")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
