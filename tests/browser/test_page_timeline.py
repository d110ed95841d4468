"""Watch it learn: a slider through the moments of a network's training."""

from datetime import datetime

import pytest
from digits_by_hand import draw
from page_checks import COLOURS
from playwright.sync_api import expect

MOMENTS = 30


@pytest.fixture
def panel(open_page):
    return open_page("#panel=timeline").locator("#panel-timeline")


def shares(panel):
    return [
        float(value) for value in panel.get_by_role("meter").evaluate_all("all => all.map((one) => one.ariaValueNow)")
    ]


def pictures(panel, of):
    return panel.locator(f".timeline-{of} canvas").evaluate_all("all => all.map((one) => one.toDataURL()).join()")


def test_the_slider_shows_a_drawing_read_by_the_network_as_it_was(panel):
    page = panel.page
    draw(page, 7)
    expect(panel.get_by_role("status").last).to_contain_text("It reads 7 from ")
    expect(page.locator("#sure")).to_have_text("sure")
    page.wait_for_timeout(300)  # both strokes have been asked about
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    slider = panel.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Before training")
    before = shares(panel), pictures(panel, "kernels"), pictures(panel, "maps")
    assert max(before[0]) < 25
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("heading", level=2)).to_have_text("After 250 images")
    expect(slider).to_have_attribute("aria-valuetext", "After 250 images: 9 % of the test digits read right")
    page.keyboard.press("End")
    expect(panel.get_by_role("heading", level=2)).to_have_text("After 55,000 images")
    after = shares(panel), pictures(panel, "kernels"), pictures(panel, "maps")
    assert after[0][7] > 90
    assert sum(after[0]) == pytest.approx(100, abs=0.5)
    assert before[1] != after[1]
    assert before[2] != after[2]
    assert asked == [], "one answer serves every moment"
    chart = panel.locator("svg.chart")
    assert "in the end 7 wins" in chart.get_attribute("aria-label")
    assert chart.locator("path.line").count() == 11
    box = chart.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 60)
    expect(panel.get_by_role("heading", level=2)).to_have_text("Before training")


def test_an_empty_pad_shows_what_needs_no_drawing(panel):
    expect(panel).to_contain_text("Draw a digit, and see when")
    expect(panel.locator(".timeline-maps canvas")).to_have_count(0)
    assert shares(panel) == [0] * 10
    assert panel.locator("svg.chart path.line").count() == 1
    kernels = panel.locator(".timeline-kernels canvas")
    expect(kernels).to_have_count(4)
    assert kernels.first.evaluate(COLOURS)["painted"] == 9


def test_it_plays_to_the_end_and_a_hand_stops_it(open_page):
    panel = open_page("#panel=timeline", fresh=True).locator("#panel-timeline")  # a clock outlives its page
    play = panel.get_by_role("button", name="Play")
    play.wait_for()  # what the page still waits for would not come once its clock stands still
    panel.page.clock.install(time=datetime(2030, 1, 1))
    panel.page.clock.pause_at(datetime(2030, 1, 2))
    play.click()
    pause = panel.get_by_role("button", name="Pause")
    panel.page.clock.run_for(1200)
    expect(panel.get_by_role("slider")).to_have_value("3")
    panel.get_by_role("slider").press("ArrowLeft")
    expect(play).to_be_visible()
    panel.page.clock.run_for(2000)
    expect(panel.get_by_role("slider")).to_have_value("2")
    play.click()
    expect(pause).to_be_visible()
    panel.page.clock.run_for(40_000)
    expect(panel.get_by_role("slider")).to_have_value(str(MOMENTS - 1))
    expect(play).to_be_visible()


def test_a_lesson_notices_the_moment_when_the_answer_turns(open_page):
    page = open_page("#panel=timeline&lesson=training.4")
    card, panel = page.locator("#lesson"), page.locator("#panel-timeline")
    draw(page, 7)
    said = panel.get_by_role("status").last
    expect(said).to_contain_text("It reads 7 from ")
    digits = said.inner_text().removeprefix("It reads 7 from ").removesuffix(" images on.")
    slider = panel.get_by_role("slider")
    slider.focus()
    while digits not in panel.get_by_role("heading", level=2).inner_text():
        page.keyboard.press("ArrowRight")
    expect(card.locator(".next.lit")).to_be_visible()
