"""Measures how soon a training in the page shows something, and how drawings are answered meanwhile.

python benchmarks/training.py

Needs MNIST in data/ and Chromium. Each round trains `two_conv` for two epochs on the command line, and then in the
page. Meanwhile a digit is on the pad and another visitor posts ten drawings a second. “Start” is pressed once
immediately, and once in a view that has been open for some seconds, as it is when somebody looks at the form first.
Prints medians with their range.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from chromium import FLAGS, find_chromium
from serving import Server, free_port

EPOCHS = 2
CHOOSING = 5  # seconds that the form is open before Start
GAP = 0.1  # seconds between two drawings of the other visitor
PICTURE = (ROOT / "samples/3_from_the_page.png").read_bytes()


def on_the_command_line(folder: Path) -> float:
    """Returns the seconds of training that the command reports."""
    words = [
        "train",
        "--model=two_conv",
        f"--epochs={EPOCHS}",
        "--device=cpu",
        f"--output={folder / 'net.pth'}",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "digits", *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


class Visitor(threading.Thread):
    """Posts drawings without end, and records the milliseconds of each response."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.times, self.over = url, [], threading.Event()

    def run(self) -> None:
        """Posts until `over` is set."""
        while not self.over.wait(GAP):
            started = time.perf_counter()
            ask = urllib.request.Request(f"{self.url}api/predict", PICTURE, {"Content-Type": "image/png"})
            urllib.request.urlopen(ask, timeout=30).close()
            self.times.append(1000 * (time.perf_counter() - started))


def in_the_page(page: Page, url: str, choosing: float) -> tuple[float, float, list[float]]:
    """Returns seconds from “Start” to the first point and to 95 %, and the visitor's times in ms."""
    page.goto(f"{url}#panel=learn")
    page.locator(".learn-form .epochs input").fill(str(EPOCHS))
    page.locator("#examples button").nth(7).click()
    page.wait_for_timeout(1000 * choosing)
    visitor, status = Visitor(url), page.locator("#panel-learn .told")
    page.locator("#panel-learn .start").click()
    started = time.perf_counter()
    visitor.start()
    page.locator("#panel-learn .learn-charts path.lead[d^=M]").first.wait_for(state="attached")
    first = time.perf_counter() - started
    status.filter(has_text=re.compile("reads (9[5-9]|100)")).wait_for(timeout=120_000)
    enough = time.perf_counter() - started
    status.filter(has_text="Learning is over").or_(status.filter(has_text="Done")).wait_for(timeout=300_000)
    visitor.over.set()
    status.filter(has_text="Done").wait_for(timeout=60_000)
    return first, enough, visitor.times


def spread(values: list[float], places: int) -> str:
    return (
        f"{statistics.median(values):.{places}f} ({min(values):.{places}f}–{max(values):.{places}f}, n = {len(values)})"
    )


@click.command()
@click.option("--rounds", default=3, show_default=True)
def main(rounds: int) -> None:
    """Print the times to the first point and to 95 %, and the response times of drawings meanwhile."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "MNIST").symlink_to((ROOT / "data/MNIST").resolve())
        server = Server(free_port(), INKLING_DATA=str(folder), INKLING_WORKERS="2")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        command, cold, first, enough, times = [], [], [], [], []
        try:
            for _ in range(rounds):
                command.append(on_the_command_line(folder))
                for choosing, soon in ((0, cold), (CHOOSING, first)):
                    server.start()
                    page = browser.new_page(viewport={"width": 1280, "height": 720})
                    one, other, waited = in_the_page(page, server.url, choosing)
                    page.close()
                    server.stop()
                    shutil.rmtree(folder / "training")
                    soon.append(one)
                    enough.append(other)
                    times += waited
        finally:
            browser.close()
    print(f"two epochs of two_conv on the command line: {spread(command, 1)} s")
    print(f"first point of the curves after Start: {spread(first, 1)} s; pressed at once: {spread(cold, 1)} s")
    print(f"95 % shown: {spread(enough, 1)} s")
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"drawings read meanwhile: median {statistics.median(times):.0f} ms, p95 {p95:.0f}, n = {len(times)}")


if __name__ == "__main__":
    main()
