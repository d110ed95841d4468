"""axe-core finds nothing to object to: every view, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from digits_by_hand import draw
from made_up_pages import made_up
from playwright.sync_api import expect

# All that depends on the colour scheme; every other rule gives the same answer in both.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
AXE_RUN = """async ([part, options]) => {
    await Promise.allSettled(document.getAnimations().map((each) => each.finished));
    const { violations } = await axe.run(part ?? document, { reporter: "no-passes", ...options });
    return violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html, any }) => [html, any[0]?.message])]);
}"""


class Checker:
    """Asks axe-core about a page: all rules in its own colour scheme, those of colours in the others."""

    def __init__(self, page, *other_schemes):
        self.page, self.other_schemes = page, other_schemes
        self.scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        page.evaluate(f"() => {{ {AXE_SCRIPT} }}")

    def check(self, view, part=None):
        """Asks about the whole page, or about one part of it (a selector) where the rest has been asked about."""
        assert self.page.evaluate(AXE_RUN, [part, {}]) == [], view
        for scheme in self.other_schemes:
            self.page.emulate_media(color_scheme=scheme)
            assert self.page.evaluate(AXE_RUN, [part, {"runOnly": COLOUR_RULES}]) == [], f"{view}, {scheme}"
        if self.other_schemes:
            self.page.emulate_media(color_scheme=self.scheme)


def show_drawing(page, what):
    page.keyboard.press("c")
    draw(page, what)
    expect(page.locator("#sure")).not_to_be_empty()


def check_every_view(page, checker):
    """Walks through all views of the page."""
    check = checker.check
    check("an empty pad")
    show_drawing(page, 3)
    check("a digit")
    for what in ("conv2.5", "conv2.5.3-7", "logits.3"):
        page.evaluate("(hash) => { location.hash = hash; }", f"open={what}")
        page.locator(f"#drawer .view[data-layer={what.split('.')[0]}]").wait_for()
        check(what)
    page.evaluate("location.hash = ''")
    show_drawing(page, "a smiley")
    check("an unsure one")
    page.click("#tab-why")
    page.locator("#panel-why .strokes li").first.wait_for()
    page.locator("#panel-why .why-top").wait_for()
    check("why this digit", "#panel-why")
    page.click("#tab-compare")
    page.locator("#panel-compare .steps").first.wait_for()
    check("networks compared", "#panel-compare")
    page.click("#tab-timeline")
    page.locator("#panel-timeline .timeline-maps canvas").first.wait_for()
    check("watch it learn", "#panel-timeline")
    page.click("#tab-learn")
    page.locator("#panel-learn form").wait_for()
    check("a network to train", "#panel-learn")
    page.click("#tab-layers")
    page.keyboard.press("?")
    check("the help")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    check("the presenter's size")
    page.keyboard.press("p")
    for panel in ("mistakes", "neighbours"):
        page.evaluate(f"location.hash = '#model=mlp&panel={panel}'")
        page.locator(f"#panel-{panel} .tile").first.wait_for(timeout=30_000)
        check(panel)
    page.keyboard.press("s")
    page.locator("#saving").wait_for()
    check("files to keep")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.click('[data-vote="3"]')
    check("the class votes")
    page.click("#reveal")
    check("the vote beside the answer")
    page.keyboard.press("h")
    page.keyboard.press("l")
    page.locator("[data-lesson]").first.wait_for()
    check("all lessons")
    page.locator("[data-lesson]").first.click()
    page.locator(".lit").wait_for()
    check("a lesson")
    page.keyboard.press("Escape")
    if page.viewport_size["width"] < 800:
        page.click("#more")
        check("the list of the header")
        page.keyboard.press("Escape")

    photo, answer = made_up("38", "5", unsure=[1])
    page.route("**/api/read?*", lambda route: route.fulfill(json=answer))
    page.locator("#upload").set_input_files({"name": "page.png", "mimeType": "image/png", "buffer": photo})
    page.locator("#sheet").wait_for()
    check("a sheet")


def test_axe_finds_no_violation_in_any_view_on_a_projector_light_or_dark(open_page):
    page = open_page(color_scheme="light")
    check_every_view(page, Checker(page, "dark"))


def test_axe_finds_no_violation_in_any_view_on_a_dark_phone(open_page):
    page = open_page(color_scheme="dark", viewport={"width": 390, "height": 844})
    check_every_view(page, Checker(page))


def test_axe_finds_no_violation_in_the_description_of_the_api(context_pool, server_url):
    page = context_pool.get({}).new_page()
    page.emulate_media(color_scheme="light")
    page.goto(f"{server_url}docs")
    Checker(page, "dark").check("the API")
    page.close()


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
