"""The main job: draw with a real pointer, see the digit."""

import re

import pytest
from digits_by_hand import ANCHORS, PHONE, draw, on_screen
from playwright.sync_api import expect


def shares(page):
    """The ten percentages of one moment: taken bar by bar, they could be of two answers."""
    return page.locator(".bar").evaluate_all("bars => bars.map((bar) => Number(bar.ariaValueNow))")


def ink_on_pad(page):
    """How many pixels of the pad are inked, once it has been painted."""
    return page.evaluate("""async () => {
        await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
        const pad = document.getElementById("pad");
        const { data } = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
        return data.filter((value, i) => i % 4 === 3 && value > 128).length;
    }""")


def predictions(page):
    """Collects the requests to /api/predict."""
    asked = []
    page.on("request", lambda request: asked.append(request) if "/api/predict" in request.url else None)
    return asked


class Gate:
    """Holds the requests to /api/predict back until it is opened."""

    def __init__(self, page):
        self.closed, self.held = True, []
        page.route("**/api/predict*", lambda route: self.held.append(route) if self.closed else route.continue_())

    def open(self):
        self.closed = False
        for route in self.held:
            route.continue_()
        self.held.clear()


def test_drawn_digits_are_read(page):
    for digit in ANCHORS:
        draw(page, digit)
        expect(page.locator("#digit")).to_have_text(str(digit))
        expect(page.locator(".bar.winner")).to_have_attribute("data-digit", str(digit))
        expect(page.locator("#sure")).to_have_text("sure")
        seen = shares(page)
        assert sum(seen) == pytest.approx(100, abs=0.6)
        assert max(seen) == seen[digit]
        page.click("#clear")
        expect(page.locator("#digit")).to_have_text("?")


def test_the_bars_move_while_the_stroke_is_still_being_drawn(page):
    draw(page, 3, lift=False)
    expect(page.locator("#digit")).to_have_text("3")
    assert sum(shares(page)) == pytest.approx(100, abs=0.6)
    with page.expect_request("**/api/predict*layers=all"):
        page.mouse.up()


def test_a_tap_makes_a_dot(page):
    page.locator("#pad").click(position={"x": 150, "y": 150})
    expect(page.locator("#digit")).to_have_text(re.compile(r"^\d"))
    side = page.locator("#pad").bounding_box()["width"]
    area = 3.1416 * (side / 13 / 2) ** 2
    assert ink_on_pad(page) == pytest.approx(area, rel=0.15)


def test_clear_undo_and_redo(page):
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    inked = ink_on_pad(page)
    page.click("#clear")
    expect(page.locator("#digit")).to_have_text("?")
    assert ink_on_pad(page) == 0
    assert shares(page) == [0] * 10
    page.click("#undo")
    expect(page.locator("#digit")).to_have_text("7")
    assert ink_on_pad(page) == inked
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("#digit")).to_have_text("?")
    expect(page.locator("#undo")).to_be_disabled()
    page.click("#redo")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#digit")).to_have_text("7")
    assert ink_on_pad(page) == inked


@pytest.mark.parametrize(("key", "digit"), [("c", "?"), ("3", "3"), ("Control+z", "?")])
def test_a_key_that_does_something_else_lifts_the_pen_of_the_keyboard_first(key, digit, page):
    page.focus("#pad")
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#digit")).to_have_text("1")
    page.keyboard.press(key)
    expect(page.locator("#digit")).to_have_text(digit)
    expect(page.locator("#pad-cursor")).not_to_have_class(re.compile("down"))
    page.keyboard.press("ArrowUp")  # with the pen in the air
    page.keyboard.press("Tab")
    page.wait_for_timeout(200)
    expect(page.locator("#digit")).to_have_text(digit)


def test_an_empty_pad_is_never_sent(page):
    asked = predictions(page)
    page.click("#clear")
    page.keyboard.press("c")
    page.select_option("#model", "mlp")
    expect(page.locator('.layer[data-layer="fc1"]')).to_be_visible()
    page.wait_for_timeout(200)
    assert asked == []
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    page.click("#undo")
    expect(page.locator("#digit")).to_have_text("?")
    count = len(asked)
    page.wait_for_timeout(300)
    assert len(asked) == count


def test_one_request_is_in_flight_and_the_latest_drawing_wins(page):
    gate = Gate(page)
    draw(page, 7)
    page.wait_for_timeout(200)
    assert len(gate.held) == 1, "while the first waits for its answer, nothing else is asked"
    gate.open()
    expect(page.locator("#digit")).to_have_text("7")


def test_an_answer_to_an_older_drawing_is_dropped(page):
    gate = Gate(page)
    draw(page, 1)
    page.wait_for_timeout(100)
    page.click("#clear")
    draw(page, 7)
    page.wait_for_timeout(100)
    assert len(gate.held) == 2
    gate.held.pop().continue_()
    gate.closed = False
    expect(page.locator("#digit")).to_have_text("7")
    gate.open()
    page.wait_for_timeout(200)
    expect(page.locator("#digit")).to_have_text("7")


def test_the_brush_is_as_wide_as_chosen(page):
    draw(page, 1)
    thin = ink_on_pad(page)
    page.click("#clear")
    for _ in range(4):
        page.keyboard.press("]")
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    assert ink_on_pad(page) > 1.3 * thin


def test_resizing_the_window_keeps_the_drawing_sharp(page):
    draw(page, 2)
    before = ink_on_pad(page) / page.locator("#pad").bounding_box()["width"] ** 2
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_timeout(200)
    after = ink_on_pad(page) / page.locator("#pad").bounding_box()["width"] ** 2
    assert after == pytest.approx(before, rel=0.03)


def test_a_finger_draws_and_the_page_stays_still(open_page):
    page = open_page(**PHONE)
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    for stroke in on_screen(page, ANCHORS[7]):
        send("touchStart", stroke[0])
        for point in stroke[1:]:
            send("touchMove", point)
        send("touchEnd")
    expect(page.locator("#digit")).to_have_text("7")
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]
    assert page.evaluate("document.getElementById('pad').width >= 2.9 * document.getElementById('pad').clientWidth")
