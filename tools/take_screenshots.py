"""Takes the screenshots of docs/, with the server and pens of the browser tests.

python tools/take_screenshots.py [FOLDER]
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from chromium import FLAGS, find_chromium
from digits_by_hand import draw
from serving import Server, free_port

# name: width, height, colour scheme, drawn digit or chosen photo, fragment of the address
VIEWS = {
    "page": (1280, 720, "light", 3, ""),
    "page_dark": (1280, 720, "dark", 2, ""),
    "page_doubt": (1280, 720, "light", "a smiley", ""),
    "page_phone": (390, 844, "light", 7, ""),
    "page_cell": (1280, 720, "light", 3, "#open=conv2.5.3-4"),
    "page_why": (1280, 720, "dark", 4, "#panel=why"),
    "page_sheet": (1280, 720, "light", ROOT / "docs/photo_shadow.jpg", ""),
    "page_timeline": (1280, 720, "light", 4, "#panel=timeline"),
    "page_learn": (1280, 820, "dark", 7, "#panel=learn"),
}


def learn(page: Page) -> None:
    """Trains for some seconds."""
    page.get_by_role("button", name="Start").click()
    page.locator("#panel-learn .tile").first.wait_for(timeout=60_000)
    page.wait_for_timeout(12_000)


def walk(page: Page) -> None:
    """Moves the slider by some snapshots."""
    page.locator("#panel-timeline input[type=range]").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")


THEN = {"page_timeline": walk, "page_learn": learn}  # action before the screenshot


# Playwright does not show a body that is a Blob, so the page keeps the last one.
KEEP_SENT = "const ask = window.fetch; window.fetch = (url, how) => { window.sent = how?.body; return ask(url, how); };"
SENT = "() => [...window.sent]"


def main() -> None:
    """Write the screenshots."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(free_port())
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            for name, (width, height, scheme, digit, address) in VIEWS.items():
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                page.add_init_script(KEEP_SENT)
                page.goto(server.url + address)
                page.locator(".layer").first.wait_for(state="attached")
                if isinstance(digit, Path):
                    page.locator("#upload").set_input_files(digit)
                    page.locator("#sheet").wait_for()
                else:
                    draw(page, digit)
                page.wait_for_timeout(2000)  # the bars have settled, and the tab has its responses
                if name in THEN:
                    THEN[name](page)
                    page.wait_for_timeout(500)
                if name == "page":
                    (ROOT / f"samples/{digit}_from_the_page.png").write_bytes(bytes(page.evaluate(SENT)))
                page.screenshot(path=folder / f"{name}.png")
                page.close()
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
