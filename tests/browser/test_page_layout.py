"""The page as a whole: its weight, its layout at three sizes, and use without a mouse."""

import pytest
from digits_by_hand import draw
from playwright.sync_api import expect

IDS = ["pad", "clear", "undo", "digit", "sure", "input", "upload", "model"]


def in_view(page, selector):
    box, size = page.locator(selector).bounding_box(), page.viewport_size
    inside = box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
    return inside and box["x"] >= 0 and box["y"] >= 0


def test_the_first_load_is_light(browser, server_url):
    context = browser.new_context()
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(server_url, wait_until="networkidle")
    weight = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
    assert all(answer.status == 200 for answer in answers)
    assert all(answer.url.startswith(server_url) for answer in answers)
    assert weight <= 200_000, f"{weight} bytes in {len(answers)} answers"
    # No module is found only by reading another one, and none is fetched in vain.
    fetched = {answer.url for answer in answers if answer.url.endswith(".js")}
    named = page.eval_on_selector_all("link[rel=modulepreload], script[src]", "all => all.map((e) => e.href ?? e.src)")
    assert fetched == set(named)
    context.close()


def test_what_tests_and_lessons_count_on(page):
    for name in IDS:
        assert page.locator(f"#{name}").count() == 1
    bars = page.locator('.bar[role="meter"]')
    assert [bar.get_attribute("data-digit") for bar in bars.all()] == list("0123456789")
    assert page.locator("[style]:not(canvas, .bar, .marks, .block, .place, #pad-cursor, #zoom)").count() == 0


def test_pad_and_answer_are_in_view_on_a_projector(page):
    for selector in ["#pad", "#clear", "#undo", "#digit", "#model", *(f'.bar[data-digit="{i}"]' for i in range(10))]:
        assert in_view(page, selector), selector
    draw(page, 2)
    page.evaluate("scrollTo(0, 900)")
    assert in_view(page, "#pad"), "the pad stays in its place while the network is read"


def test_the_digit_is_the_largest_type_on_the_page(page):
    size = "(element) => parseFloat(getComputedStyle(element).fontSize)"
    sizes = page.locator("body *").evaluate_all(f"(all) => all.map({size})")
    assert page.locator("#digit").evaluate(size) == max(sizes) >= 150


def test_nothing_runs_over_the_edge(page):
    for width, height in [(320, 640), (390, 844), (768, 1024), (844, 390), (1280, 720), (1366, 620), (1920, 1080)]:
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(2):
            page.keyboard.press("p")  # the presenter's size, and back
            page.wait_for_timeout(50)
            at = f"{width} × {height}: {page.url}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), at
            assert in_view(page, "#pad"), at
            assert in_view(page, "#clear"), at


def test_on_a_phone_the_answer_stands_right_under_the_pad(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    pad, digit, bars = (page.locator(each).bounding_box() for each in ("#pad", "#digit", "#bars"))
    assert pad["width"] >= 350
    assert 0 <= digit["y"] - (pad["y"] + pad["height"]) < 20
    assert bars["y"] + bars["height"] < 844
    tallest = page.locator(".bar").first.bounding_box()
    assert tallest["height"] > tallest["width"]
    maps = page.locator('.layer[data-layer="conv3"] .maps')
    assert maps.evaluate("(box) => box.scrollWidth > box.clientWidth")


def test_the_presenter_sees_everything_half_as_large_again(page):
    before = page.locator("h1").bounding_box()["height"]
    page.keyboard.press("p")
    expect(page.locator("#present")).to_have_attribute("aria-pressed", "true")
    assert page.locator("h1").bounding_box()["height"] == pytest.approx(1.5 * before, rel=0.05)
    assert page.url.endswith("#present=1")
    page.keyboard.press("p")
    assert "#" not in page.url


def test_a_digit_can_be_drawn_and_cleared_without_a_mouse(page):
    page.keyboard.press("Tab")  # the link that leads past the header
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "pad"
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#digit")).to_have_text("1")
    expect(page.locator("#said")).to_contain_text("1, sure")
    page.keyboard.press("c")
    expect(page.locator("#digit")).to_have_text("?")


def test_shortcuts_are_silent_while_something_is_chosen_and_with_modifiers(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "test_digits" in request.url else None)
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.id") == "model"
    page.keyboard.press("3")
    page.locator("#model").blur()
    page.keyboard.press("Alt+3")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    held = "new KeyboardEvent('keydown', {key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true})"
    for place in ("#tab-layers", "#input", ".closeup .maps", "#pad"):
        assert page.locator(place).evaluate(f"place => place.dispatchEvent({held})"), "Alt and an arrow go back"
    page.wait_for_timeout(100)
    assert asked == []


def test_a_switch_that_was_clicked_does_not_take_the_keys(page):
    page.click("#centring")
    page.keyboard.press("3")
    expect(page.locator("#digit")).to_have_text("3")


def test_dark_and_light_follow_the_system(open_page):
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = open_page(color_scheme="light").evaluate(ground)
    dark = open_page(color_scheme="dark").evaluate(ground)
    assert light == "rgb(246, 242, 234)"
    assert dark == "rgb(25, 23, 21)"
