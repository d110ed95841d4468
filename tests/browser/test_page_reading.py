"""A photo with several digits: the boxes, the text, and the digit that goes to the pad."""

import io
import re

import numpy as np
import pytest
from digits_by_hand import draw
from made_up_pages import answered, bring, file_of, made_up, real_digit
from page_checks import record_posts
from PIL import Image
from playwright.sync_api import expect


def found(page, at):
    return page.locator("#sheet .found").nth(at)


def chosen(page, at):
    expect(page.locator('#sheet .found[aria-pressed="true"]')).to_have_attribute("data-at", str(at))


def test_every_digit_has_its_box_and_the_first_is_on_the_pad(page):
    _, asked = bring(page, "314", "15", unsure=[3])
    expect(page.locator("#sheet .found")).to_have_count(5)
    expect(page.locator("#sheet h2")).to_have_text("5 digits, 1 unsure")
    expect(page.locator("#sheet-said")).to_have_text("5 digits found, 1 of them unsure: 314, 15")
    assert page.locator("#sheet .text").inner_text() == "314\n15"
    assert page.locator("#sheet .text .unsure").all_inner_texts() == ["1"]
    assert page.locator("#sheet .label").all_inner_texts() == ["3", "1", "4", "1?", "5"]
    chosen(page, 0)
    expect(page.locator("#digit")).to_have_text("3")
    assert len(asked) == 1
    assert asked[0].url.endswith("?model=five_conv")
    styles = [found(page, i).evaluate("(box) => getComputedStyle(box, '::after').borderStyle") for i in (2, 3)]
    assert styles == ["solid", "dashed"], "doubt is not told by colour alone"
    names = [found(page, i).get_attribute("aria-label") for i in (2, 3)]
    assert names == ["third digit: 4", "fourth digit: 1, unsure"]


def test_what_is_read_is_the_digits_own_28_by_28(page):
    posted = record_posts(page)
    bring(page, "72")
    expect(page.locator("#digit")).to_have_text("7")
    found(page, 1).click()
    expect(page.locator("#digit")).to_have_text("2")
    chosen(page, 1)
    sent = np.asarray(Image.open(io.BytesIO(posted()[-1])).convert("L"))
    assert (sent == np.kron(255 - real_digit(2), np.ones((10, 10), np.uint8))).all()
    seen = page.locator("#input").evaluate("""(canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
        return [...data].filter((_, i) => i % 4 === 0);
    }""")
    tile = real_digit(2).reshape(-1)
    assert np.corrcoef(255 - np.array(seen), tile)[0, 1] > 0.999, "it comes through the server as it was"


def test_boxes_lie_on_their_digits_at_any_size_and_labels_on_none(page):
    answer, _ = bring(page, "31415", "92653", "58979", "32384", unsure=[2, 11])
    for width, height in [(1280, 720), (1920, 1080), (390, 844), (768, 1024)]:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        photo = page.locator("#sheet .photo").bounding_box()
        scale = photo["width"] / answer["width"]
        assert photo["height"] == pytest.approx(answer["height"] * scale, abs=1)
        boxes = [found(page, i).bounding_box() for i in range(20)]
        for box, digit in zip(boxes, answer["digits"], strict=True):
            at = [box["x"] - photo["x"], box["y"] - photo["y"], box["width"], box["height"]]
            assert at == pytest.approx([each * scale for each in digit["box"]], abs=1)
        for label in page.locator("#sheet .label").all():
            place = label.bounding_box()
            assert not any(overlap(place, box) for box in boxes), (width, label.inner_text())
            assert place["height"] >= 15
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def overlap(a, b):
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across > 0.5 and down > 0.5


def test_a_click_on_a_digit_is_never_its_neighbours(page):
    data, answer = made_up("31")
    left, right = (digit["box"] for digit in answer["digits"])
    right[0] = left[0] + left[2] + 2  # nearer than a thumb's allowance
    answered(page, answer)
    page.set_input_files("#upload", file_of(data))
    box = found(page, 0).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    chosen(page, 0)
    box = found(page, 1).bounding_box()
    page.mouse.click(box["x"] + box["width"] + 6, box["y"] + box["height"] / 2)
    chosen(page, 1)


def test_pad_answer_and_sheet_are_in_view_together(page):
    before = page.locator("#pad").bounding_box()
    bring(page, "31415", "92653", "58979", "32384")
    for selector in ("#pad", "#clear", "#digit", "#sheet .photo", "#sheet .text", "#sheet .close"):
        box = page.locator(selector).bounding_box()
        assert box["y"] >= 0, selector
        assert box["y"] + box["height"] <= 720, selector
        assert box["x"] + box["width"] <= 1280, selector
    assert page.locator("#pad").bounding_box() == before, "nothing jumps"


def test_on_a_phone_the_sheet_comes_into_view_with_the_answer(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    bring(page, "31415", "92653")
    page.wait_for_timeout(100)
    for selector in ("#digit", "#sheet .photo"):
        box = page.locator(selector).bounding_box()
        assert box["y"] >= 0, selector
        assert box["y"] + box["height"] <= 844, selector
    found(page, 6).tap()
    expect(page.locator("#digit")).to_have_text("2")


def test_digits_are_chosen_without_a_mouse(page):
    bring(page, "314", "15")
    assert page.evaluate("document.activeElement.dataset.at") == "0", "the keys are at the first digit at once"
    expect(page.locator("#sheet-said")).to_have_text("5 digits found: 314, 15")
    page.keyboard.press("ArrowRight")
    chosen(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    page.keyboard.press("ArrowDown")
    chosen(page, 4)
    expect(page.locator("#digit")).to_have_text("5")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    chosen(page, 4)
    page.keyboard.press("Enter")
    chosen(page, 2)
    expect(page.locator("#said")).to_contain_text("4, sure")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#digit")).to_have_text("4")
    assert page.evaluate("document.activeElement.id") == "pad"


def test_the_whole_sheet_is_one_step(page):
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    bring(page, "314")
    found(page, 2).click()
    expect(page.locator("#digit")).to_have_text("4")
    page.click("#undo")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#digit")).to_have_text("7")
    page.click("#redo")
    expect(page.locator("#sheet")).to_be_visible()
    chosen(page, 2)
    expect(page.locator("#digit")).to_have_text("4")


def test_clear_and_close_put_the_sheet_away_and_undo_brings_it_back(page):
    bring(page, "314")
    page.click("#clear")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#digit")).to_have_text("?")
    page.click("#undo")
    expect(page.locator("#sheet")).to_be_visible()
    page.click("#sheet .close")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#digit")).to_have_text("3")
    page.click("#undo")
    expect(page.locator("#sheet .found")).to_have_count(3)


def test_a_stroke_starts_afresh(page):
    bring(page, "314")
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    expect(page.locator("#sheet")).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#digit")).to_have_text("3")


def test_another_network_reads_the_sheet_again(page):
    data, first = made_up("314")
    _, second = made_up("817", unsure=[0])
    asked = answered(page, lambda request: second if "two_conv" in request.url else first)
    page.set_input_files("#upload", file_of(data))
    expect(page.locator("#sheet .text")).to_have_text("314")
    found(page, 2).click()
    page.select_option("#model", "two_conv")
    expect(page.locator("#sheet .text")).to_have_text("817")
    assert page.locator("#sheet .label").all_inner_texts() == ["8?", "1", "7"]
    chosen(page, 2)
    expect(page.locator("#digit")).to_have_text("7")
    assert [re.search(r"model=(\w+)", request.url)[1] for request in asked] == ["five_conv", "two_conv"]
    page.click("#undo")
    expect(page.locator("#undo")).to_be_disabled()  # the other network is no step of its own
    page.select_option("#model", "five_conv")
    page.wait_for_timeout(100)
    assert len(asked) == 2, "a sheet that is not shown is not read"
    page.click("#redo")
    expect(page.locator("#sheet .text")).to_have_text("314")


def test_the_text_can_be_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bring(page, "314", "15")
    page.click("#sheet .copy")
    expect(page.locator("#sheet .copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "314\n15"
    expect(page.locator("#sheet .copy")).to_have_text("Copy", timeout=5000)


def test_without_a_clipboard_the_text_is_selected_and_copied(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(getSelection()); })")
    bring(page, "314", "15")
    page.click("#sheet .copy")
    expect(page.locator("#sheet .copy")).to_have_text("Copied")
    assert page.evaluate("window.copied").strip() == "314\n15"
