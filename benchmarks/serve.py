"""Measures the server beside a bare Flask response, a naive reader and, where it is installed, Gradio.

    python benchmarks/serve.py

Starts the servers on the loopback address and loads each in turn with wrk (apt install wrk), in several rounds, so
that changes of the machine's load affect all alike. Prints medians with their range, and the medians of the ratios
within each round. The naive reader has the same network and nothing else: grey, 28×28, forward, JSON. The picture is
280×280: once as the page sends it, in grey, and once saved by Pillow in colour, which takes longer to decode.
Gradio's sketchpad has the same network. It is called as its own clients do: the drawing is sent, then called about,
then the result fetched; by threads of this process, since wrk cannot do this. The quickest way skips its queue and
calls about a drawing sent before.
"""

import http.client
import importlib.util
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from functools import partial
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
from digits.networks import checkpoint

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
GRADIO = """
import sys
from pathlib import Path
import gradio, numpy, torch
from PIL import ImageOps
from digits.networks import checkpoint

torch.set_num_threads(1)
network, _ = checkpoint.load(Path("mnist_model.pth"))

def answer(drawing):
    picture = ImageOps.invert(drawing["composite"].convert("L")).resize((28, 28))
    batch = torch.from_numpy(numpy.asarray(picture) / numpy.float32(255))[None, None]
    with torch.inference_mode():
        probabilities = network(batch)[0].softmax(0)
    return {str(digit): share for digit, share in enumerate(probabilities.tolist())}

page = gradio.Interface(answer, gradio.Sketchpad(type="pil"), gradio.Label(), api_name="answer")
page.queue(api_open=True).launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""
LUA = """
local file = io.open("{picture}", "rb")
wrk.method, wrk.body = "POST", file:read("*a")
wrk.headers["Content-Type"], wrk.headers["Accept-Encoding"] = "{kind}", "gzip"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command: list[str], port: int, **environment: str) -> subprocess.Popen:
    """Starts a server and waits until it answers on its port, at most 30 seconds."""
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
        except urllib.error.HTTPError:
            return server  # the bare server answers 404, so it runs
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.terminate()
    raise SystemExit(f"No answer on port {port}: {' '.join(command)}")


class Sketchpad:
    """A client of Gradio with a connection of its own."""

    def __init__(self, port: int, picture: Path) -> None:
        form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n%b\r\n--x--\r\n'
        self.form = form % picture.read_bytes()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        self.connection.request(method, f"/gradio_api/{path}", body, {"Content-Type": kind})
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"Gradio: {answer.status} {answer.read()[:200]}")
        return answer.read()

    def question(self) -> bytes:
        """Sends the drawing; returns the body of the call about it."""
        path = json.loads(self.ask("POST", "upload", self.form, "multipart/form-data; boundary=x"))[0]
        drawing = {"path": path, "meta": {"_type": "gradio.FileData"}}
        return json.dumps({"data": [{"background": None, "layers": [], "composite": drawing}]}).encode()

    def answer(self) -> None:
        """Sends the drawing, calls about it, fetches the result."""
        event = json.loads(self.ask("POST", "call/answer", self.question()))["event_id"]
        if b"event: complete" not in self.ask("GET", f"call/answer/{event}"):
            raise SystemExit("Gradio gave no answer.")


def sketch(port: int, picture: Path, connections: int, seconds: int) -> dict[str, float]:
    """Runs Gradio's clients once; returns the same figures as `wrk`."""
    took, until = [], time.perf_counter() + seconds

    def draw() -> None:
        client = Sketchpad(port, picture)
        while (began := time.perf_counter()) < until:
            client.answer()
            took.append(1000 * (time.perf_counter() - began))

    threads = [threading.Thread(target=draw) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p50, p99 = statistics.quantiles(took, n=100)[49::49] if len(took) > 1 else (took[0], took[0])
    return {"rate": len(took) / seconds, "p50": p50, "p99": p99}


def wrk(url: str, script: Path, connections: int, seconds: int) -> dict[str, float]:
    """Runs wrk once; returns requests/s, p50 and p99 in ms. Stops at any response that is not a 2xx."""
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
    """Returns the median, over the rounds, of one row's rate as a share of another's."""
    return f"{statistics.median(run['rate'] / other['rate'] for run, other in zip(runs, others, strict=True)):.0%}"


@click.command()
@click.option(
    "--rounds", default=10, show_default=True, help="Runs of each row; the table gives their median and range."
)
@click.option("--seconds", default=2, show_default=True, help="Length of one run.")
def main(rounds: int, seconds: int) -> None:
    """Print requests/s and latencies of /api/predict beside those of a bare Flask response."""
    if not shutil.which("wrk"):
        raise SystemExit("This benchmark loads the server with wrk: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:

        def script(name: str, body: Path, kind: str = "image/png") -> Path:
            path = Path(folder) / f"{name}.lua"
            path.write_text(LUA.format(picture=body, kind=kind))
            return path

        drawing, colour = ROOT / "samples/3_from_the_page.png", ROOT / "samples/3_drawn.png"
        page, pillow = script("page", drawing), script("pillow", colour)
        for name, code in {"bare": BARE, "naive": NAIVE, "sketchpad": GRADIO}.items():
            (Path(folder) / f"{name}.py").write_text(code)
        own, bare, naive = free_port(), free_port(), free_port()
        gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=16", f"--pythonpath={folder},{ROOT}"]
        servers = [
            start([sys.executable, "-m", "digits", "serve", "--port", str(own)], own, INKLING_WORKERS="2"),
            start([*gunicorn, f"--bind=127.0.0.1:{bare}", "bare:app"], bare),
            start([*gunicorn, f"--bind=127.0.0.1:{naive}", "naive:app"], naive, OMP_NUM_THREADS="1"),
        ]
        predict = f"http://127.0.0.1:{own}/api/predict"
        rows = [
            ("bare Flask", partial(wrk, f"http://127.0.0.1:{bare}/", page)),
            ("naive reader", partial(wrk, f"http://127.0.0.1:{naive}/", page)),
            ("predict", partial(wrk, predict, page)),
            ("predict, Pillow's PNG", partial(wrk, predict, pillow)),
            ("predict, all layers", partial(wrk, f"{predict}?layers=all", page)),
            ("predict, all layers, largest network", partial(wrk, f"{predict}?layers=all&model=three_block", page)),
        ]
        if importlib.util.find_spec("gradio"):
            port, body = free_port(), Path(folder) / "question.json"
            here = {"PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": folder}
            servers.append(start([sys.executable, f"{folder}/sketchpad.py", str(port)], port, **here))
            body.write_bytes(Sketchpad(port, drawing).question())
            quick = f"http://127.0.0.1:{port}/gradio_api/run/answer"
            rows.append(("Gradio's sketchpad", partial(sketch, port, drawing)))
            rows.append(("the same, quickest way", partial(wrk, quick, script("gradio", body, "application/json"))))
        try:
            results = {(name, c): [] for name, *_ in rows for c in (1, 8)}
            for _ in range(rounds):
                for name, load in rows:
                    for connections in (1, 8):
                        results[name, connections].append(load(connections, seconds))
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
