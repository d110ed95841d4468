"""The tower: the whole network on one screen, a layer chosen in it; and the filmstrip, from ink to the 28×28."""

import pytest
from digits_by_hand import draw
from playwright.sync_api import expect

PIXELS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [...new Uint32Array(data.buffer)];
}"""


def column(page, name):
    return page.locator(f'.layer[data-layer="{name}"] .maps')


def pixels(page, selector):
    return page.locator(selector).evaluate(PIXELS)


def repainted(page, selector, *earlier):
    """What a canvas shows as soon as it is none of what it showed: it is painted some frames after the words change."""
    for _ in range(100):
        shown = pixels(page, selector)
        if shown not in earlier:
            return shown
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} still shows what it did")


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_whole_network_and_the_answer_are_in_view_without_scrolling(size, page):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    for model in ("five_conv", "three_block", "mlp"):
        page.select_option("#model", model)
        page.wait_for_timeout(100)
        things = ["#pad", "#clear", "#digit", "#bars", "#film", ".layer .maps canvas", ".shown .about", ".key"]
        boxes = page.evaluate(
            """(all) => all.flatMap((each) => [...document.querySelectorAll(each)]).map((element) => {
                const { left, top, right, bottom } = element.getBoundingClientRect();
                return [left, top, right, bottom];
            })""",
            things,
        )
        assert len(boxes) > len(things)
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= width, model
            assert 0 <= top < bottom <= height, model
        columns = [box["x"] for box in (each.bounding_box() for each in page.locator(".layer .maps").all())]
        assert columns == sorted(set(columns)), "from left to right"


def test_a_layer_is_chosen_with_the_keyboard_or_a_click_and_shown_large(page):
    draw(page, 3)
    expect(page.locator("#digit")).to_have_text("3")
    page.locator("#tab-layers").focus()
    page.keyboard.press("Tab")
    expect(column(page, "conv1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(column(page, "relu1")).to_be_focused()
    expect(column(page, "relu1")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".layer .about:visible")).to_contain_text("Sets everything below zero to zero")
    expect(page.locator(".closeup .maps")).to_have_attribute("aria-label", "relu1 large: 32 maps of 24 × 24")
    assert page.url.endswith("#layer=relu1")
    page.keyboard.press("Enter")
    expect(page.locator(".closeup .maps")).to_be_focused()

    column(page, "conv2").hover()
    expect(page.locator(".layer .about:visible")).to_contain_text("over all 32 maps below")
    page.mouse.move(100, 300)
    expect(page.locator(".layer .about:visible")).to_contain_text("Sets everything below zero to zero")
    column(page, "conv2").click()
    page.mouse.move(100, 300)
    expect(page.locator(".layer .about:visible")).to_contain_text("over all 32 maps below")
    page.reload()
    expect(column(page, "conv2")).to_have_attribute("aria-checked", "true")


def test_each_map_on_its_own_scale_shows_what_was_faint(page):
    with page.expect_response("**/api/predict*layers=all"):
        draw(page, 2)
    expect(page.locator("#digit")).to_have_text("2")
    page.wait_for_timeout(200)
    before = pixels(page, '.layer[data-layer="relu2"] .maps canvas')
    page.locator("#scale").check()
    page.wait_for_timeout(200)
    after = pixels(page, '.layer[data-layer="relu2"] .maps canvas')

    def darkness(all_):
        return sum(3 * 255 - (pixel & 255) - (pixel >> 8 & 255) - (pixel >> 16 & 255) for pixel in all_ if pixel >> 24)

    assert darkness(after) > 1.2 * darkness(before)
    assert "scale=map" in page.url
    page.reload()
    expect(page.locator("#scale")).to_be_checked()


def test_the_filmstrip_shows_the_way_and_what_scaling_and_centring_do(page):
    for x, y in ((0.08, 0.1), (0.09, 0.3)):  # a small 1 in the upper left corner
        box = page.locator("#pad").bounding_box()
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if y == 0.1:
            page.mouse.down()
    page.mouse.up()
    captions = page.locator("#film .caption")
    expect(captions.nth(2)).to_contain_text("its box")
    expect(captions.nth(3)).to_contain_text("scaled to")
    expect(page.locator("#sure")).to_have_text("sure")
    usual = pixels(page, "#input")
    assert len({*pixels(page, '[data-frame="box"]')}) > 2
    with page.expect_response("**/api/predict*scaled=off*"):
        page.locator("#scaling").click()
    expect(captions.nth(3)).to_contain_text("not scaled")
    expect(page.locator("#film .about")).to_contain_text("Scaling is off")
    small = repainted(page, "#input", usual)
    with page.expect_response("**/api/predict*scaled=off&centred=off*"):
        page.locator("#centring").press("Space")
    expect(captions.nth(4)).to_contain_text("not centred")
    expect(page.locator("#film .about")).to_contain_text("as it has never seen one")
    repainted(page, "#input", usual, small)
    assert page.url.endswith("#scaled=off&centred=off")
    expect(page.locator("#sure")).to_contain_text("unsure")
    page.reload()
    expect(page.locator("#scaling")).not_to_be_checked()


def test_on_a_phone_each_layer_is_a_row_to_swipe(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    row = column(page, "conv3")
    row.scroll_into_view_if_needed()
    expect(page.locator('.layer[data-layer="conv3"] .sentence')).to_be_visible()
    expect(page.locator(".closeup")).to_be_hidden()
    page.wait_for_timeout(200)
    assert len({*pixels(page, '.layer[data-layer="conv3"] .maps canvas')}) > 3, "painted as soon as it comes into view"
    box = row.bounding_box()
    touch = page.context.new_cdp_session(page)
    y = box["y"] + 20
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 300, "y": y}]})
    for x in range(290, 100, -10):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("""document.querySelector('.layer[data-layer="conv3"] .maps').scrollLeft > 100""")
    row.focus()
    page.keyboard.press("ArrowRight")
    expect(row).to_have_attribute("aria-valuenow", "2")
