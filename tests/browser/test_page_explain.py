"""Open a map, open a cell: every number is reachable, adds up, and is followed back to the ink."""

import base64
import re
from contextlib import nullcontext

import numpy as np
import pytest
from digits_by_hand import draw
from playwright.sync_api import expect


def numbers(part):
    return np.frombuffer(base64.b64decode(part["data"]), "<f4").reshape(part["shape"]).astype(np.float64)


def maps(page, layer):
    """The large maps of a layer, chosen in the tower."""
    page.locator(f'.layer[data-layer="{layer}"] h3').click()
    return page.locator(".closeup .maps")


def read(page, digit):
    """Draw a digit; → what /api/predict tells, at last, of the 28×28."""
    answers = []
    page.on("response", lambda answer: answers.append(answer) if "layers=all" in answer.url else None)
    draw(page, digit)
    expect(page.locator("#digit")).to_have_text(str(digit))
    page.wait_for_timeout(500)  # answers to the last strokes come after the digit is known
    return answers[-1].json()["input"]


def shown_sum(page):
    return float(page.locator("#drawer .total").get_attribute("data-value"))


def close_to(told, cell):
    """The sum that a cell of the API's answer must have, within 1e-5 of the sum of the products' sizes."""
    weights, values = numbers(told["weights"]), numbers(told["input"])
    if told["kind"] == "conv":
        side, stride, padding = told["window"].values()
        values = np.pad(values, ((0, 0), (padding, padding), (padding, padding)))
        y, x = (stride * place for place in cell)
        values = values[:, y : y + side, x : x + side]
    products = values * weights
    return pytest.approx(products.sum() + (told["bias"] or 0), abs=1e-5 * np.abs(products).sum())


def test_a_map_and_a_cell_open_by_pointer_and_the_sum_is_the_networks_own(page):
    read(page, 3)
    with page.expect_response("**/api/explain*") as response:
        maps(page, "conv2").locator("canvas").click(position={"x": 10, "y": 10})
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2")).to_have_text("conv2 · map 1")
    expect(drawer.locator(".contributions li")).to_have_count(32)
    box = drawer.locator(".field").bounding_box()
    page.mouse.click(box["x"] + 7.5 / 10 * box["width"], box["y"] + 3.5 / 10 * box["height"])
    expect(drawer.locator(".place")).to_have_text("row 4, column 8")
    told = response.value.json()
    assert shown_sum(page) == close_to(told, (3, 7))
    assert shown_sum(page) == pytest.approx(numbers(told["output"])[3, 7], abs=1e-4)
    expect(drawer.locator(".chip")).to_have_count(32)
    subtotals = [float(text.replace("−", "-")) for text in drawer.locator(".chip b").all_inner_texts()]
    assert [abs(each) for each in subtotals] == sorted((abs(each) for each in subtotals), reverse=True)
    drawer.locator(".chip").nth(5).click()
    expect(drawer.locator(".chip").nth(5)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"#layer=conv2&open=conv2\.0\.3-7$"))
    page.keyboard.press("Escape")
    expect(drawer.locator(".place")).to_be_empty()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(".closeup .maps")).to_be_focused()
    expect(page).to_have_url(re.compile(r"#layer=conv2$"))


def test_a_map_and_a_cell_open_by_keyboard_and_all_digits_add_up(page):
    read(page, 3)
    maps(page, "conv1").focus()
    page.keyboard.press("ArrowRight")
    with page.expect_response("**/api/explain*") as response:
        page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2")).to_have_text("conv1 · map 2")
    expect(drawer.locator(".field")).to_be_focused()
    page.keyboard.press("ArrowRight")  # the middle, and from there on
    page.keyboard.press("ArrowRight")
    expect(drawer.locator(".readout").first).to_contain_text("row 13, column 14")
    page.keyboard.press("Enter")
    expect(drawer.locator(".place")).to_have_text("row 13, column 14")
    page.keyboard.press("ArrowDown")
    expect(drawer.locator(".place")).to_have_text("row 14, column 14")
    assert shown_sum(page) == close_to(response.value.json(), (13, 13))
    drawer.get_by_role("button", name="All digits").click()
    products = drawer.locator(".term").last.locator("td").all_inner_texts()
    written = sum(float(text.replace("−", "-")) for text in products)
    assert written == pytest.approx(shown_sum(page), abs=1e-7 * 25), "the numbers shown add up"
    for _ in range(2):
        page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(".closeup .maps")).to_be_focused()


def test_a_unit_of_the_mlp_opens_by_keyboard_with_all_its_products(open_page):
    page = open_page("#model=mlp")
    read(page, 7)
    maps(page, "fc1").focus()
    page.keyboard.press("ArrowRight")
    with page.expect_response("**/api/explain*") as response:
        page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text("fc1 · number 2")
    assert shown_sum(page) == close_to(response.value.json(), None)
    page.locator("#drawer .more").click()
    expect(page.locator("#drawer .chip")).to_have_count(784)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".closeup .maps")).to_be_focused()


def test_what_a_cell_saw_is_framed_on_the_drawing(open_page):
    page = open_page("#open=pool1.3.5-2")  # 2×2 cells of conv1, which see 6×6 pixels from (10, 4) on
    told = read(page, 3)
    frame = page.locator(".paper .sight i")
    expect(frame).to_be_visible()
    pad, box = page.locator("#pad").bounding_box(), frame.bounding_box()
    scale = pad["width"] / told["size"][0]
    across, down = told["box"][2] / told["place"][2], told["box"][3] / told["place"][3]
    left, top = (told["box"][i] + (at - told["place"][i]) * each for i, at, each in ((0, 4, across), (1, 10, down)))
    assert box["x"] - pad["x"] == pytest.approx(left * scale, abs=1.5)
    assert box["y"] - pad["y"] == pytest.approx(top * scale, abs=1.5)
    assert box["width"] == pytest.approx(6 * across * scale, abs=1.5)
    assert box["height"] == pytest.approx(6 * down * scale, abs=1.5)
    small, box = page.locator("#input").bounding_box(), page.locator(".sight i").last.bounding_box()
    assert box["x"] - small["x"] == pytest.approx(4 / 28 * small["width"], abs=1)
    assert box["width"] == pytest.approx(6 / 28 * small["width"], abs=1)


def test_pointing_at_ink_shows_what_depends_on_it_in_every_layer(page):
    told = read(page, 1)
    assert page.locator(".mark").count() == 0
    pad = page.locator("#pad").bounding_box()
    page.mouse.move(pad["x"] + 0.5 * pad["width"], pad["y"] + 0.6 * pad["height"])
    expect(page.locator(".layer .mark")).to_have_count(page.locator(".layer").count())
    expect(page.locator('.sight[data-kind="pixel"]').first).to_be_visible()
    page.mouse.move(pad["x"] + 0.1 * pad["width"], pad["y"] + 0.1 * pad["height"])  # paper
    expect(page.locator(".mark")).to_have_count(0)
    page.locator("#input").hover(position={"x": 3, "y": 3})
    assert told["shape"] == [28, 28]
    expect(page.locator('.layer[data-layer="conv1"] .mark')).to_be_visible()


def test_the_open_cell_follows_the_drawing_the_network_and_the_address(open_page):
    page = open_page("#open=conv1.3.12-12")
    drawer = page.locator("#drawer")
    expect(drawer.locator(".message")).to_contain_text("Draw a digit")
    read(page, 2)
    expect(drawer.locator(".total")).to_be_visible()
    before = shown_sum(page)
    page.click("#clear")
    expect(drawer.locator(".message")).to_contain_text("Draw a digit")
    read(page, 7)
    expect(drawer.locator(".total")).to_be_visible()
    assert shown_sum(page) != before
    page.select_option("#model", "two_conv")
    expect(drawer.locator(".terms tr")).to_have_count(9)  # three tables of 3×3 instead of 5×5
    page.select_option("#model", "mlp")
    expect(drawer).to_be_hidden()
    page.evaluate("location.hash = '#model=mlp&open=fc1.5'")
    expect(drawer.locator("h2")).to_have_text("fc1 · number 6")
    page.locator("footer").click()
    expect(drawer).to_be_hidden()


@pytest.mark.errors_expected
def test_while_the_server_is_away_no_other_maps_numbers_stand_under_a_maps_name(page):
    thrown = []
    page.on("pageerror", lambda error: thrown.append(error))
    read(page, 3)
    maps(page, "conv1").focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.locator(".readout").first).to_be_visible()
    page.route("**/api/explain*", lambda route: route.abort())
    drawer.get_by_role("button", name="Next").click()
    expect(drawer.locator(".message")).to_contain_text("does not answer")
    expect(drawer.locator("h2")).to_have_text("conv1 · map 2")
    expect(drawer.locator(".field")).to_be_hidden()
    page.unroute("**/api/explain*")
    expect(drawer.locator(".field")).to_have_attribute("aria-label", re.compile("^conv1 · map 2"))
    expect(drawer.locator(".message")).to_be_hidden()
    drawer.locator(".field").hover()
    page.keyboard.press("c")  # the field goes from under the pointer
    expect(drawer.locator(".field")).to_be_hidden()
    page.mouse.move(1, 1)
    assert thrown == []


OPENED = {
    "five_conv": "conv3.2 batchnorm2.2 batchnorm2.2.1-1 relu3.2 relu3.2.1-1 pool2.2 pool2.2.1-1 flatten.2 dropout.2",
    "mlp": "flatten.2 relu1.2 logits.2 probabilities.2",
}


@pytest.mark.parametrize("name", OPENED)
def test_every_kind_of_layer_shows_how_its_numbers_came_about(name, open_page):
    page = open_page(f"#model={name}")
    read(page, 3)
    told = None
    for what in OPENED[name].split():
        with page.expect_response("**/api/explain*") if what.count(".") == 1 else nullcontext() as response:
            page.evaluate("(hash) => { location.hash = hash; }", f"model={name}&open={what}")
        layer, _, cell = what.split(".") if what.count(".") == 2 else (*what.split("."), None)
        told = response.value.json() if response else told
        output = numbers(told["output"])
        kind = "cell" if cell else "map" if output.shape else "unit"
        expect(page.locator(f"#drawer .view.{kind}[data-layer={layer}]")).to_be_visible()
        if kind != "map":
            assert shown_sum(page) == pytest.approx(output[1, 1] if cell else output, abs=1e-5)
