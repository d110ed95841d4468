"""How fast the server answers, beside a bare Flask answer and a naive reader under the same gunicorn.

    python benchmarks/serve.py

Starts the servers on the loopback address and loads each in turn with wrk (apt install wrk), in several rounds, so that
a machine's moods fall on all alike; prints medians with their range, and the medians of the ratios within each round.
The naive reader has the same network and nothing else: grey, 28×28, forward, JSON. The picture is 280×280: once as the
page sends it, in grey, and once saved by Pillow in colour, which takes longer to open.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
BARE = "from flask import Flask\napp = Flask('bare')\n@app.post('/')\ndef answer():\n    return {'digit': 7}\n"
NAIVE = """
import io
from pathlib import Path
import numpy, torch
from flask import Flask, request
from PIL import Image, ImageOps
from digits import checkpoint

torch.set_num_threads(1)
app = Flask("naive")
network, _ = checkpoint.load(Path("mnist_model.pth"))

@app.post("/")
def answer():
    picture = ImageOps.invert(Image.open(io.BytesIO(request.get_data())).convert("L")).resize((28, 28))
    batch = torch.from_numpy(numpy.asarray(picture) / numpy.float32(255))[None, None]
    with torch.inference_mode():
        probabilities = network(batch)[0].softmax(0)
    return {"digit": int(probabilities.argmax()), "probabilities": probabilities.tolist()}
"""
LUA = """
local file = io.open("{picture}", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["Content-Type"], wrk.headers["Accept-Encoding"] = "image/png", "gzip"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command: list[str], port: int, **environment: str) -> subprocess.Popen:
    """A server that answers on its port, in at most 30 seconds."""
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except urllib.error.HTTPError:
            return server  # the bare one has no such page, and that is an answer too
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.terminate()
    raise SystemExit(f"No answer on port {port}: {' '.join(command)}")


def wrk(url: str, script: Path, connections: int, seconds: int) -> dict[str, float]:
    """One run: requests/s, p50 and p99 in ms; stops at any answer that is not a 2xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{url} failed under load:\n{text}")
    units = {"us": 0.001, "ms": 1, "s": 1000}
    found = {share: re.search(rf" {share}%\s+([\d.]+)(us|ms|s)", text).groups() for share in (50, 99)}
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        **{f"p{share}": float(number) * units[unit] for share, (number, unit) in found.items()},
    }


def spread(values: list[float], digits: int) -> str:
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratio(runs: list[dict], others: list[dict]) -> str:
    """The median, over the rounds, of one row's rate as a share of another's."""
    return f"{statistics.median(run['rate'] / other['rate'] for run, other in zip(runs, others, strict=True)):.0%}"


@click.command()
@click.option(
    "--rounds", default=10, show_default=True, help="Runs of each row; the table gives their median and range."
)
@click.option("--seconds", default=2, show_default=True, help="Length of one run.")
def main(rounds: int, seconds: int) -> None:
    """Print requests/s and latencies of /api/predict beside those of a bare Flask answer."""
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark loads the server with wrk: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        pictures = {"page": ROOT / "samples/3_from_the_page.png", "pillow": ROOT / "samples/3_drawn.png"}
        for name, picture in pictures.items():
            scripts[name] = Path(folder) / f"{name}.lua"
            scripts[name].write_text(LUA.format(picture=picture))
        (Path(folder) / "bare.py").write_text(BARE)
        (Path(folder) / "naive.py").write_text(NAIVE)
        own, bare, naive = free_port(), free_port(), free_port()
        gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=16", f"--pythonpath={folder},{ROOT}"]
        servers = [
            start([sys.executable, "-m", "digits", "serve", "--port", str(own)], own, INKLING_WORKERS="2"),
            start([*gunicorn, f"--bind=127.0.0.1:{bare}", "bare:app"], bare),
            start([*gunicorn, f"--bind=127.0.0.1:{naive}", "naive:app"], naive, OMP_NUM_THREADS="1"),
        ]
        predict = f"http://127.0.0.1:{own}/api/predict"
        rows = [
            ("bare Flask", f"http://127.0.0.1:{bare}/", "page"),
            ("naive reader", f"http://127.0.0.1:{naive}/", "page"),
            ("predict", predict, "page"),
            ("predict, Pillow's PNG", predict, "pillow"),
            ("predict, all layers", f"{predict}?layers=all", "page"),
            ("the same, largest network", f"{predict}?layers=all&model=three_block", "page"),
        ]
        try:
            results = {(name, c): [] for name, *_ in rows for c in (1, 8)}
            for _ in range(rounds):
                for name, url, picture in rows:
                    for connections in (1, 8):
                        results[name, connections].append(wrk(url, scripts[picture], connections, seconds))
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=30)
    print(
        f"2 workers, {os.cpu_count()} cores shared with the load; {rounds} runs of {seconds} s each: median (range)\n"
    )
    print("| request | alone: p50, ms | 8 connections: requests/s | p99, ms | of bare Flask | of the naive reader |")
    print("|---|---|---|---|---|---|")
    for name, *_ in rows:
        alone, busy = results[name, 1], results[name, 8]
        cells = [
            name,
            spread([run["p50"] for run in alone], 2),
            spread([run["rate"] for run in busy], 0),
            spread([run["p99"] for run in busy], 1),
            *(ratio(busy, results[other, 8]) for other in ("bare Flask", "naive reader")),
        ]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
