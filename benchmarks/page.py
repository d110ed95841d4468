"""Measures the page in Chromium: first load, ink to bars, frames and long tasks while drawing.

    python benchmarks/page.py [--model NAME] [--digits 40]

Chromium draws digits on #pad with the mouse at the pace of a person, against a server of its own. *Ink to bars* is
the time from a pointer event until the bars show a prediction for a drawing with this ink, measured in the page. The
page is *usable* when the pad takes ink and the layers are there, counted from the navigation with an empty cache. On
a busy machine these figures say more about its load than about the page. So the first line shows how much of the
processor was idle before. Needs Chromium: INKLING_CHROMIUM, or `chromium` on the PATH.
"""

import json
import sys
import time
from pathlib import Path

import click
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from chromium import FLAGS, find_chromium
from digits_by_hand import ANCHORS, strokes_of
from serving import Server, free_port

PACE = 0.012  # s between two pointer events: about 80 a second
REST = 0.25  # s between two strokes

# Records for every pointer event the time until the bars show a prediction for a drawing with its ink. While drawing,
# also records every frame and every task over 50 ms.
WATCH = """() => {
    const seen = { waits: [], frames: [], long: [], drawing: false };
    const ink = []; // pointer events that no request has included yet
    document.getElementById("pad").addEventListener("pointermove", (event) => {
        if (event.buttons) ink.push(event.timeStamp);
    }, true);
    const ask = window.fetch;
    const answered = [];
    let carried = [];
    window.fetch = async (url, how) => {
        if (!String(url).includes("api/predict")) return ask(url, how);
        const mine = carried;
        carried = [];
        const answer = await ask(url, how);
        answered.push(...mine);
        return answer;
    };
    // A drawing is read when its pixels are read for the PNG. It holds all ink until then.
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...where) {
        if (this.canvas.width === 280 && !this.canvas.isConnected) carried.push(...ink.splice(0));
        return read.apply(this, where);
    };
    new MutationObserver(() => {
        const now = performance.now();
        seen.waits.push(...answered.splice(0).map((at) => now - at));
    }).observe(document.getElementById("bars"), { subtree: true, attributeFilter: ["aria-valuenow"] });
    let last = null;
    const frame = (now) => {
        if (seen.drawing && last !== null) seen.frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) if (seen.drawing) seen.long.push(task.duration);
    }).observe({ type: "longtask" });
    window.seen = seen;
}"""


# Records when the first layer is there: by then all widgets work, the pad first.
USABLE = """
    new MutationObserver((_, watcher) => {
        if (!document.querySelector(".layer")) return;
        window.usable = performance.now();
        watcher.disconnect();
    }).observe(document, { subtree: true, childList: true });
"""


def first_loads(browser: Browser, url: str, times: int = 5) -> list[float]:
    """Returns the milliseconds until the page can be used, each time with an empty cache."""
    waits = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.add_init_script(USABLE)
        page.goto(url, wait_until="networkidle")
        waits.append(page.evaluate("usable"))
        context.close()
    return waits


def draw(page: Page, digit: int) -> None:
    """Draws a digit with the mouse at the pace of a person."""
    box = page.locator("#pad").bounding_box()
    for stroke in strokes_of(ANCHORS[digit]):
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        page.evaluate("seen.drawing = true")
        for point in points[1:]:
            due = time.perf_counter() + PACE
            page.mouse.move(*point)
            time.sleep(max(0, due - time.perf_counter()))
        page.mouse.up()
        page.evaluate("seen.drawing = false")
        time.sleep(REST)


def format_times(name: str, values: list[float], unit: str = "ms") -> str:
    median, p95 = np.percentile(values, [50, 95])
    return f"{name}: median {median:.0f} {unit}, p95 {p95:.0f}, n = {len(values)}"


def idle() -> float:
    """Returns the idle share of the processor during one second; NaN if the system does not report it."""

    def spent() -> list[int]:  # user, nice, system, idle, …
        return [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]

    try:
        before = spent()
        time.sleep(1)
        after = spent()
    except OSError:
        return float("nan")
    return (after[3] - before[3]) / (sum(after) - sum(before))


@click.command()
@click.option("--model", default="five_conv", show_default=True)
@click.option("--digits", default=40, show_default=True, help="How many are drawn.")
def main(model: str, digits: int) -> None:
    """Print the page's times and its size."""
    free = idle()
    server = Server(free_port(), INKLING_WORKERS="2")
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            usable = first_loads(browser, f"{server.url}#model={model}")
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            answers = []
            page.on("response", lambda answer: answers.append(answer))
            page.goto(f"{server.url}#model={model}", wait_until="networkidle")
            weight, requests = sum(answer.request.sizes()["responseBodySize"] for answer in answers), len(answers)
            page.locator(".layer").first.wait_for()
            page.evaluate(WATCH)
            for i in range(digits):
                draw(page, list(ANCHORS)[i % len(ANCHORS)])
                page.keyboard.press("c")
            seen = json.loads(page.evaluate("JSON.stringify(seen)"))
            browser.close()
    finally:
        server.stop()
    print(f"processor idle before: {100 * free:.0f} %")
    print(format_times(f"ink to bars, {model}", seen["waits"]))
    within = np.mean(np.array(seen["frames"]) <= 20)
    print(f"{format_times('frames while drawing', seen['frames'])}; {100 * within:.1f} % within 20 ms")
    print(f"tasks over 50 ms while drawing: {len(seen['long'])} (longest {max(seen['long'], default=0):.0f} ms)")
    print(f"first load: {weight / 1000:.1f} KB in {requests} answers; {format_times('usable', usable)}")


if __name__ == "__main__":
    main()
