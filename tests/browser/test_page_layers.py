"""Inside the network: every layer is on the page, in its place, painted."""

import json
import urllib.request

import pytest
from digits_by_hand import PHONE, draw
from playwright.sync_api import expect

from digits.training.recipes import DEFAULT_MODEL

# How many different colours each layer's canvas shows; more than two are counted as three.
COLOURS = """() => Object.fromEntries([...document.querySelectorAll(".layer")].map((layer) => {
    const canvas = layer.querySelector(".maps canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (const pixel of new Uint32Array(data.buffer)) if (seen.add(pixel).size > 2) break;
    return [layer.dataset.layer, seen.size];
}))"""


PLACES = """() => [...document.querySelectorAll(".maps canvas")].map((canvas) => {
    const { x, y, width, height } = canvas.getBoundingClientRect();
    return [x, y, width, height];
})"""


def models(server_url):
    with urllib.request.urlopen(server_url + "api/models") as answer:
        return {model["name"]: model for model in json.load(answer)["models"]}


def test_every_layer_of_every_network_has_its_place_and_its_maps_are_painted(page, server_url):
    for name, network in models(server_url).items():
        page.select_option("#model", name)
        layers = [layer["name"] for layer in network["layers"]]
        assert [layer.get_attribute("data-layer") for layer in page.locator(".layer").all()] == layers
        assert all(page.locator(".layer .sentence").all_inner_texts())
        assert all(page.locator(".layer .shape").all_inner_texts())
        page.wait_for_timeout(100)
        places = page.evaluate(PLACES)
        assert set(page.evaluate(COLOURS).values()) <= {1, 2}, "empty: paper, and the gaps between the maps"
        with page.expect_response("**/api/predict*layers=all"):
            draw(page, 3)
        expect(page.locator(".layer .scale span").first).not_to_be_empty()
        page.wait_for_timeout(100)
        painted = page.evaluate(COLOURS)
        assert len(painted) == len(layers)
        assert set(painted.values()) == {3}, painted
        assert page.evaluate(PLACES) == places, "nothing jumps"
        page.click("#clear")
        expect(page.locator("#digit")).to_have_text("?")


def test_another_network_reads_the_same_drawing_and_is_kept_in_the_address(page):
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    with page.expect_response("**/api/predict?model=two_conv&layers=all"):
        page.select_option("#model", "two_conv")
    expect(page.locator("#digit")).to_have_text("7")
    assert page.url.endswith("#model=two_conv")
    expect(page.locator(".layer")).to_have_count(11)
    page.evaluate("location.hash = '#model=mlp'")
    expect(page.locator("#model")).to_have_value("mlp")
    expect(page.locator(".layer")).to_have_count(5)


def test_an_unknown_network_or_panel_in_the_address_gives_the_default(open_page):
    page = open_page("#model=nonsense&panel=nonsense&open=conv1.0")
    expect(page.locator("#model")).to_have_value(DEFAULT_MODEL)
    expect(page.locator("#drawer")).to_be_visible()
    assert "nonsense" not in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()


@pytest.mark.parametrize("device", ["mouse", "finger"])
def test_the_pixel_that_is_pressed_is_read_and_a_fingers_stays(device, open_page):
    page = open_page(**(PHONE if device == "finger" else {}))
    canvas, readout = page.locator("#input"), page.locator("#input-readout")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    press = page.touchscreen.tap if device == "finger" else page.mouse.click
    for row, column in ((3, 5), (20, 9)):
        press(box["x"] + (column - 0.5) / 28 * box["width"], box["y"] + (row - 0.5) / 28 * box["height"])
        page.wait_for_timeout(200)  # what a browser makes of a tap comes after it
        expect(readout).to_have_text(f"row {row}, column {column}: 0.00")


def test_the_picture_that_the_network_gets_is_shown_with_its_numbers(page):
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    page.locator("#input").hover(position={"x": 1, "y": 1})
    expect(page.locator("#input-readout")).to_have_text("row 1, column 1: 0.00")
    dark = page.evaluate("""() => {
        const { data } = document.getElementById("input").getContext("2d").getImageData(0, 0, 28, 28);
        return data.filter((value, i) => i % 4 === 0 && value < 100).length;
    }""")
    assert 20 < dark < 200


def test_a_map_is_enlarged_under_the_mouse_and_with_the_arrow_keys(page):
    draw(page, 2)
    expect(page.locator("#digit")).to_have_text("2")
    page.locator('.layer[data-layer="conv1"] .maps canvas').hover(position={"x": 10, "y": 10})
    expect(page.locator("#zoom")).to_contain_text("conv1 · map 1")
    expect(page.locator("#zoom")).to_contain_text("from ")
    page.mouse.move(640, 10)
    expect(page.locator("#zoom")).to_be_hidden()
    page.locator("#scale").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#zoom")).to_contain_text("conv1 · map 2")
    expect(page.locator(".closeup .maps")).to_have_attribute("aria-valuenow", "2")
    page.keyboard.press("Escape")
    expect(page.locator("#zoom")).to_be_hidden()


def test_the_theme_changes_the_maps_and_is_remembered(page):
    # The maps are painted in a frame of their own: on a busy machine not yet when their layer stands.
    pixel = "document.querySelector('.maps canvas').getContext('2d').getImageData(2, 2, 1, 1).data"
    page.wait_for_function(f"{pixel}[0] > 240")
    page.click("#theme")
    page.wait_for_function(f"{pixel}[0] < 20 && {pixel}[3] === 255")
    page.reload()
    page.locator(".layer").first.wait_for()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
