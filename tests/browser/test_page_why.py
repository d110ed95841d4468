"""Why this digit, and how far networks keep it: what can be seen, asked and undone."""

import pytest
from digits_by_hand import draw
from page_checks import COLOURS
from playwright.sync_api import expect


def opened(page, name, what=7):
    draw(page, what)
    page.get_by_role("tab", name=name).click()
    return page.get_by_role("tabpanel", name=name)


def test_the_ink_shows_what_speaks_for_the_digit_and_the_sum_is_told(page):
    panel = opened(page, "Why this digit?")
    expect(panel.locator("h2")).to_have_text("What speaks for 7")
    seen = panel.locator("canvas[role=img]").evaluate(COLOURS)
    assert seen["warm"] > 20
    assert seen["blue"] > 0
    total, drawing, paper = (float(text.replace("−", "-")) for text in panel.locator(".equation b").all_inner_texts())
    assert total == pytest.approx(drawing - paper, abs=0.3)
    panel.get_by_label("Why").select_option("1")
    panel.get_by_label("rather than").select_option("7")
    expect(panel.locator("h2")).to_have_text("What speaks for 1 rather than 7")
    first = panel.locator(".equation b").first
    assert first.inner_text().startswith("−"), "the drawing leads away from 1, towards 7"
    page.select_option("#model", "mlp")
    expect(first).not_to_have_text(str(total))
    corner = "canvas => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0]"
    assert panel.locator("canvas[role=img]").evaluate(corner) > 240
    page.click("#tab-layers")
    page.keyboard.press("d")
    page.click("#tab-why")
    assert panel.locator("canvas[role=img]").evaluate(corner) < 20, "the theme changed while nobody saw it"
    page.keyboard.press("c")
    expect(panel.get_by_role("status")).to_contain_text("Draw a digit")
    expect(panel.locator("h2")).to_be_hidden()


def test_nothing_empty_is_shown_before_there_is_an_answer(page):
    held = []
    page.route("**/api/importance*", lambda route: held.append(route))
    panel = opened(page, "Why this digit?")
    panel.locator(".strokes li").first.wait_for()
    expect(panel.locator(".why-top")).to_be_hidden()
    held[0].continue_()
    expect(panel.locator("h2")).to_have_text("What speaks for 7")


def test_a_stroke_is_taken_away_by_keys_and_comes_back_by_undo(page):
    panel = opened(page, "Why this digit?")
    cards = panel.locator(".strokes li")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("without it: 1")
    expect(cards.first.get_by_role("img")).to_have_attribute(
        "aria-label", "It adds 100 points to 7 and takes 100 from 1."
    )
    expect(panel.locator(".why-top")).to_be_visible()
    outline = panel.locator(".why-picture canvas").last
    assert outline.evaluate(COLOURS)["painted"] == 0
    remove = panel.get_by_role("button", name="Take stroke 1 away")
    remove.focus()
    assert outline.evaluate(COLOURS)["painted"] > 50
    page.keyboard.press("Enter")
    expect(page.locator("#digit")).to_have_text("1")
    expect(panel).to_contain_text("one single stroke")
    expect(page.locator("#pad")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("#digit")).to_have_text("7")
    expect(cards).to_have_count(2)
    page.keyboard.press("4")
    expect(panel).to_contain_text("it has no strokes")
    expect(cards).to_have_count(0)


def test_networks_are_compared_on_the_same_variations(page):
    panel = opened(page, "Compare")
    films = panel.locator(".steps")
    expect(films).to_have_count(16)
    sentences = panel.locator(".compare-told p")
    expect(sentences).to_have_count(2)
    expect(sentences.first).to_contain_text("five_conv keeps its 7 in ")
    expect(sentences.last).to_contain_text("mlp keeps its 7 in ")
    right = panel.get_by_role("table", name="moved right", exact=True)
    expect(right.get_by_role("row")).to_have_count(3)
    assert right.locator("tbody tr").first.locator("td").all_inner_texts() == ["7"] * 6
    assert (
        panel.locator(".steps tr:last-child .changed").count()
        > panel.locator(".steps tr:first-child .changed").count()
        > 0
    )
    assert right.locator("canvas").first.evaluate(COLOURS)["painted"] == 28 * 28
    panel.get_by_label("two_conv", exact=True).focus()
    page.keyboard.press("Space")
    expect(sentences).to_have_count(3)
    expect(panel.get_by_label("two_conv", exact=True)).to_be_focused()
    page.click("#clear")
    expect(panel.get_by_role("status")).to_contain_text("Draw a digit")
    expect(films.first).to_be_hidden()
