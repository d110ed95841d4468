"""axe-core finds nothing to object to: every view, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from digits_by_hand import draw
from made_up_sheets import made_up
from playwright.sync_api import expect

axe = Axe()


def check(page, view, part=None):
    """Asks axe-core about the whole page, or about one part of it (a selector) where the rest has been asked about."""
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    results = axe.run(page, part)
    assert results.violations_count == 0, f"{view}: {results.generate_report()}"


def drawn(page, what):
    page.keyboard.press("c")
    draw(page, what)
    expect(page.locator("#sure")).not_to_be_empty()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_axe_finds_no_violation_in_any_view(scheme, width, open_page):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 844 if width < 800 else 720})
    check(page, "an empty pad")
    drawn(page, 3)
    check(page, "a digit")
    for what in ("conv2.5", "conv2.5.3-7", "logits.3"):
        page.evaluate("(hash) => { location.hash = hash; }", f"open={what}")
        page.locator(f"#drawer .view[data-layer={what.split('.')[0]}]").wait_for()
        check(page, what)
    page.evaluate("location.hash = ''")
    drawn(page, "a smiley")
    check(page, "an unsure one")
    page.click("#tab-why")
    page.locator("#panel-why .strokes li").first.wait_for()
    page.locator("#panel-why .why-top").wait_for()
    check(page, "why this digit", "#panel-why")
    page.click("#tab-compare")
    page.locator("#panel-compare .steps").first.wait_for()
    check(page, "networks compared", "#panel-compare")
    page.click("#tab-timeline")
    page.locator("#panel-timeline .timeline-maps canvas").first.wait_for()
    check(page, "watch it learn", "#panel-timeline")
    page.click("#tab-learn")
    page.locator("#panel-learn form").wait_for()
    check(page, "a network to train", "#panel-learn")
    page.click("#tab-layers")
    page.keyboard.press("?")
    check(page, "the help")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    check(page, "the presenter's size")
    page.keyboard.press("p")
    for panel in ("mistakes", "neighbours"):
        page.evaluate(f"location.hash = '#model=mlp&panel={panel}'")
        page.locator(f"#panel-{panel} .tile").first.wait_for(timeout=30_000)
        check(page, panel)
    page.keyboard.press("s")
    page.locator("#saving").wait_for()
    check(page, "files to keep")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.click('[data-vote="3"]')
    check(page, "the class votes")
    page.click("#reveal")
    check(page, "the vote beside the answer")
    page.keyboard.press("h")
    page.keyboard.press("l")
    page.locator("[data-lesson]").first.wait_for()
    check(page, "all lessons")
    page.locator("[data-lesson]").first.click()
    page.locator(".lit").wait_for()
    check(page, "a lesson")
    page.keyboard.press("Escape")
    if width < 800:
        page.click("#more")
        check(page, "the list of the header")
        page.keyboard.press("Escape")

    photo, answer = made_up("38", "5", unsure=[1])
    page.route("**/api/read?*", lambda route: route.fulfill(json=answer))
    page.locator("#upload").set_input_files({"name": "page.png", "mimeType": "image/png", "buffer": photo})
    page.locator("#sheet").wait_for()
    check(page, "a sheet")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_description_of_the_api(scheme, browser, server_url):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server_url}docs")
    check(page, "the API")
    context.close()


def test_keys_are_those_of_the_dialog_while_one_is_open(page):
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    page.keyboard.press("?")
    page.locator("#help-title").click()  # which takes the focus from the dialog's button
    for key in ("c", "3"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#digit")).to_have_text("7")
    page.keyboard.press("?")
    page.mouse.click(5, 5)
    expect(page.locator("#help")).to_be_hidden()


@pytest.mark.errors_expected
def test_that_the_server_is_away_is_said_once_and_not_every_second(page):
    page.route("**/api/predict*", lambda route: route.abort())
    page.evaluate("""() => {
        window.said = [];
        const listen = new MutationObserver(() => {
            for (const live of document.querySelectorAll('[role="status"], [role="alert"], [aria-live]')) {
                const text = live.hidden ? "" : live.textContent.trim();
                if (/away/.test(text) && text !== window.said.at(-1)) window.said.push(text);
            }
        });
        listen.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    }""")
    draw(page, 7)
    expect(page.locator("#notice")).to_contain_text("away")
    page.wait_for_timeout(2500)
    [said] = page.evaluate("window.said")
    assert "Your drawing is kept" in said
