"""What is no digit: the page says that it is unsure, and what softmax alone would have claimed."""

import re

import pytest
from digits_by_hand import ANCHORS, DOODLES, draw
from playwright.sync_api import expect

UNSURE = re.compile(r"^unsure: (no digit\?|\d or \d\?)$")


@pytest.mark.quality
@pytest.mark.parametrize("doodle", DOODLES)
def test_what_is_no_digit_is_called_unsure(doodle, page):
    draw(page, doodle)
    expect(page.locator("#said")).to_contain_text("unsure")  # the last answer: those before it may name other digits
    expect(page.locator("#sure")).to_have_text(UNSURE)
    digit = page.locator("#digit")
    expect(digit).to_have_class("unsure")
    expect(page.locator("#softmax")).to_have_text(re.compile(rf"^softmax alone: {digit.inner_text()} at \d+\.\d %$"))


def test_a_sure_reading_leaves_the_claim_away_and_moves_nothing(page):
    draw(page, "a smiley")
    expect(page.locator("#softmax")).not_to_be_empty()
    before = [page.locator(part).bounding_box() for part in ("#digit", "#bars", "#tower")]
    page.locator("#clear").click()
    draw(page, 3)
    expect(page.locator("#sure")).to_have_text("sure")
    expect(page.locator("#softmax")).to_be_empty()
    after = [page.locator(part).bounding_box() for part in ("#digit", "#bars", "#tower")]
    assert [(box["x"], box["y"]) for box in before] == [(box["x"], box["y"]) for box in after]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_the_doubt_is_in_view_and_not_cut_off(size, open_page):
    page = open_page(viewport={"width": size[0], "height": size[1]})
    draw(page, "a smiley")
    for part in ("#sure", "#softmax"):
        expect(page.locator(part)).not_to_be_empty()
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
        assert page.locator(part).evaluate("part => part.scrollWidth <= part.clientWidth")


@pytest.mark.quality
@pytest.mark.parametrize("digit", ANCHORS)
def test_a_plain_digit_is_sure(digit, page):
    draw(page, digit)
    expect(page.locator("#sure")).to_have_text("sure")
