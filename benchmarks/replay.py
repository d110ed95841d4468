"""Measures how many of MNIST's test digits are read right when their pen paths are drawn in a browser.

    python benchmarks/replay.py STROKES [--digits 300]

STROKES is a JSON list of {"label": 7, "strokes": [[[x, y], …], …]}, in pixels of the 28×28 (as in E. D. de Jong's
"MNIST digits stroke sequence data"). It does not come with this project. Every stroke is a press, moves and a release
of the mouse on #pad with the page's own pen. The digit in #digit afterwards counts.
"""

import json
import sys
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from chromium import FLAGS, find_chromium
from serving import Server, free_port


def replay(page: Page, strokes: list[list[list[float]]]) -> str:
    """Draws on a clean pad; returns the digit that the page shows."""
    page.locator("#clear").click()
    box = page.locator("#pad").bounding_box()
    for index, stroke in enumerate(strokes):
        points = [
            (box["x"] + (x + 0.5) / 28 * box["width"], box["y"] + (y + 0.5) / 28 * box["height"]) for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        if index + 1 == len(strokes):
            page.wait_for_timeout(120)  # requests sent while drawing are answered
            # Lifting the pen sends one more request, for the finished drawing.
            with page.expect_response("**/api/predict*"):
                page.mouse.up()
            page.wait_for_timeout(120)
        else:
            page.mouse.up()
    return page.locator("#digit").inner_text()[:1]


@click.command()
@click.argument("strokes", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--digits", "count", default=300, show_default=True, help="How many, from the first on.")
def main(strokes: Path, count: int) -> None:
    """Print the share of replayed digits that the page read right, and the mistakes."""
    samples = json.loads(strokes.read_text())[:count]
    server = Server(free_port())
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(server.url)
            page.locator(".layer").first.wait_for()
            wrong = []
            for number, sample in enumerate(samples):
                digit = replay(page, sample["strokes"])
                if digit != str(sample["label"]):
                    wrong.append(f"no. {number}: {sample['label']} read as {digit}")
            browser.close()
    finally:
        server.stop()
    print(f"{100 * (1 - len(wrong) / len(samples)):.2f} % of {len(samples)} replayed digits read right")
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
