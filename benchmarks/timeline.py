"""Measures how quickly the timeline follows its slider, and how long one POST /api/timeline takes.

    python benchmarks/timeline.py [--steps 200]

Chromium draws a 7, opens “Watch it learn” and moves the slider by arrow keys. A step lasts from the slider's event
until the frame with the new bars, filters and maps is painted, measured in the page. A reading is one POST
/api/timeline over one connection, from its first byte to its last. Needs Chromium: INKLING_CHROMIUM, or `chromium` on
the PATH.
"""

import sys
import time
import urllib.request
from pathlib import Path

import click
import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from chromium import FLAGS, find_chromium
from digits_by_hand import draw
from serving import Server, free_port

# A task queued in a frame's callback runs after that frame is painted. The window gets an event before and after the
# slider: the time between is the page's own work.
WATCH = """() => {
    window.seen = { work: [], painted: [] };
    let began = 0;
    window.addEventListener("input", () => { began = performance.now(); }, true);
    window.addEventListener("input", ({ timeStamp }) => {
        seen.work.push(performance.now() - began);
        requestAnimationFrame(() => setTimeout(() => seen.painted.push(performance.now() - timeStamp)));
    });
}"""
REPEAT = 1 / 30  # s between two steps: as an arrow key repeats while it is held


def print_times(name: str, times: list[float]) -> None:
    """Prints median, p95 and longest of times in ms."""
    middle, high = np.percentile(times, [50, 95])
    print(f"{name}: median {middle:.1f} ms, p95 {high:.1f}, longest {max(times):.1f}, n = {len(times)}")


@click.command()
@click.option("--steps", default=200, show_default=True)
def main(steps: int) -> None:
    """Measure, and print the figures."""
    server = Server(free_port())
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(server.url + "#panel=timeline")
            draw(page, 7)
            page.locator("#panel-timeline .timeline-maps canvas").first.wait_for()
            page.locator("#panel-timeline input[type=range]").focus()
            page.evaluate(WATCH)
            last = int(page.locator("#panel-timeline input[type=range]").get_attribute("max"))
            for step in range(steps):
                page.keyboard.press("ArrowRight" if step // last % 2 == 0 else "ArrowLeft")
                time.sleep(REPEAT)
            page.wait_for_timeout(100)
            seen = page.evaluate("seen")
            print_times("slider to painted", seen["painted"])
            print_times("of this the page's own work", seen["work"])
            browser.close()
        picture = (ROOT / "samples/3_drawn.png").read_bytes()
        asked = urllib.request.Request(f"{server.url}api/timeline", picture, {"Content-Type": "image/png"})
        times = []
        for _ in range(steps + 1):
            started = time.perf_counter()
            with urllib.request.urlopen(asked) as answer:
                answer.read()
            times.append(1000 * (time.perf_counter() - started))
        print_times("read at all moments", times[1:])
    finally:
        server.stop()


if __name__ == "__main__":
    main()
