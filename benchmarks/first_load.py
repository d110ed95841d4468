"""Measures the first visit: bytes, requests, hosts; and the time from `make serve` to ready.

    python benchmarks/first_load.py

Needs Chromium: INKLING_CHROMIUM, or `chromium` on the PATH.
"""

import os
import shutil
import signal
import statistics
import subprocess
import time
import urllib.request
from urllib.parse import urlsplit

import click
from playwright.sync_api import Response, sync_playwright
from serve import ROOT, free_port


def make_serve(port: int) -> tuple[subprocess.Popen, float]:
    """Runs `make serve`; returns the process and the seconds until /readyz answers 200."""
    started = time.perf_counter()
    command = ["make", "serve", f"PORT={port}"]
    # A new session, so that Ctrl-C reaches make and the server together, as in a terminal.
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    make = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **quiet)
    while time.perf_counter() - started < 60:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return make, time.perf_counter() - started
    stop(make)
    raise SystemExit("`make serve` was not ready within a minute.")


def stop(make: subprocess.Popen) -> None:
    os.killpg(make.pid, signal.SIGINT)
    make.wait(timeout=30)


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Starts of the server.")
def main(rounds: int) -> None:
    """Print the server's time to ready and the size of the page."""
    port = free_port()
    times = []
    for _ in range(rounds):
        make, seconds = make_serve(port)
        times.append(seconds)
        if len(times) < rounds:
            stop(make)
    print(
        f"ready after `make serve`: {statistics.median(times):.1f} s ({min(times):.1f}–{max(times):.1f}, n = {rounds})"
    )
    answers: list[Response] = []
    try:
        with sync_playwright() as playwright:
            path = os.environ.get("INKLING_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.on("response", lambda answer: answers.append(answer))
            page.goto(f"http://127.0.0.1:{port}/", wait_until="networkidle")
            size = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
            browser.close()
    finally:
        stop(make)
    hosts = {urlsplit(answer.url).netloc for answer in answers}
    print(f"first load: {size / 1000:.1f} KB in {len(answers)} answers, from {len(hosts)} host")


if __name__ == "__main__":
    main()
