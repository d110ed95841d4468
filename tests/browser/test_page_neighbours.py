"""Neighbours and mistakes: the digits that ship with the project, beside the drawing."""

import re

from digits_by_hand import draw
from playwright.sync_api import expect

SMALL = "#model=mlp&panel="


def wait_for_tiles(page):
    page.locator(".tile").first.wait_for(timeout=30_000)


def test_a_drawings_neighbours_come_after_each_stroke_and_go_on_the_pad(open_page):
    page = open_page(SMALL + "neighbours")
    panel = page.locator("#panel-neighbours")
    expect(panel.locator(".votes")).to_contain_text("Draw a digit")
    draw(page, 3)
    wait_for_tiles(page)
    expect(page.locator(".tile")).to_have_count(20)
    expect(panel.locator(".votes span").first).to_have_text(re.compile(r"^(1\d|20) of the 20 nearest are a 3$"))
    expect(page.locator(".making")).to_be_hidden()
    near = [float(text) for text in page.locator(".tile .how").all_inner_texts()]
    assert near == sorted(near, reverse=True)
    first = page.locator(".tile").first
    label = first.locator(".what").inner_text()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(first.locator(".how")).to_have_text("1.00")
    expect(first.locator(".what")).to_have_text(label)
    page.keyboard.press("Control+z")
    expect(first.locator(".how")).to_have_text(f"{near[0]:.2f}")
    page.click("#clear")
    expect(page.locator(".tile")).to_have_count(0)


def test_a_mistake_is_found_in_the_table_and_read_as_wrongly_from_the_pad(open_page):
    page = open_page(SMALL + "mistakes")
    wait_for_tiles(page)
    expect(page.locator("#panel-mistakes .sum")).to_contain_text("242 of 10,000 test digits read wrong: 97.58 % right")
    page.locator('td button[data-actual="7"][data-read="9"]').click()
    expect(page.locator(".cell h3")).to_have_text(re.compile(r"^7 read as 9: \d+ of 1,028$"))
    tile = page.locator(".tile").first
    expect(tile.locator(".what")).to_have_text(re.compile("^9"))
    share = tile.locator(".how").inner_text()
    tile.click()
    expect(page.locator("#digit")).to_have_text("9")
    expect(page.locator('.bar[data-digit="9"]')).to_have_attribute("aria-valuenow", share.removesuffix(" %"))
    page.click("#undo")
    expect(page.locator("#digit")).to_have_text("?")


def test_the_table_by_keyboard_alone_and_another_network(open_page):
    page = open_page(SMALL + "mistakes")
    wait_for_tiles(page)
    chosen = page.locator('td button[aria-pressed="true"]')
    where = [int(chosen.get_attribute(f"data-{name}")) for name in ("actual", "read")]
    page.locator("#tab-mistakes").focus()
    page.keyboard.press("Tab")
    expect(chosen).to_be_focused()
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".cell h3")).to_have_text(re.compile("^0 read as 0, rightly: [89]\\d\\d of 980$"))
    assert where != [0, 0]
    expect(page.locator("#panel-mistakes .tile")).to_have_count(60)  # all that are shown of so many
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(page.locator(".tile").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#digit")).to_have_text("0")
    page.select_option("#model", "four_conv_tiny")
    expect(page.locator("#panel-mistakes .sum")).to_contain_text("335 of 10,000", timeout=30_000)
    expect(chosen).to_have_attribute("data-actual", "0")
