"""The server stops and comes back: the drawing is kept, and the page recovers by itself."""

import time

import pytest
from digits_by_hand import draw
from playwright.sync_api import expect
from serving import Server, free_port


@pytest.mark.errors_expected
def test_the_server_stops_and_comes_back(open_page):
    server = Server(free_port())
    server.start()
    try:
        page = open_page(url=server.url)
        draw(page, 1)
        expect(page.locator("#digit")).to_have_text("1")
        server.stop()
        page.click("#clear")
        draw(page, 3)
        expect(page.locator("#notice")).to_contain_text("away")
        expect(page.locator("#notice")).to_contain_text("Your drawing is kept")
        server.start()
        expect(page.locator("#digit")).to_have_text("3", timeout=15000)
        expect(page.locator("#notice")).to_be_hidden()
        assert page.locator('.bar[data-digit="3"]').get_attribute("class") == "bar winner"
    finally:
        server.stop()


@pytest.mark.errors_expected
def test_a_busy_server_is_asked_again_when_it_says(page):
    def busy(route):
        times.append(time.monotonic())
        route.fulfill(status=503, headers={"Retry-After": "2"}, content_type="application/problem+json", body="{}")

    times = []
    page.route("**/api/predict*", busy)
    draw(page, 7)
    expect(page.locator("#notice")).to_contain_text("busy")
    while len(times) < 2:
        page.wait_for_timeout(100)
    assert times[1] - times[0] >= 1.95
    page.unroute("**/api/predict*")
    expect(page.locator("#digit")).to_have_text("7")
    expect(page.locator("#notice")).to_be_hidden()


@pytest.mark.errors_expected
def test_the_list_of_networks_is_asked_for_again(open_page, browser, server_url):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/api/models", lambda route: route.abort())
    page.goto(server_url)
    expect(page.locator("#notice")).to_contain_text("away")
    page.unroute("**/api/models")
    page.click("#notice button")
    expect(page.locator(".layer")).to_have_count(22)
    expect(page.locator("#notice")).to_be_hidden()
    context.close()


@pytest.mark.errors_expected
@pytest.mark.parametrize(("panel", "part"), [("why", "panels/why.js"), ("timeline", "css/training-widgets.css")])
def test_a_panel_that_could_not_be_loaded_comes_when_it_is_chosen_again(panel, part, page):
    page.route(f"**/{part}*", lambda route: route.abort())
    draw(page, 7)
    tab = page.locator(f"#tab-{panel}")
    tab.click()
    expect(page.locator(f"#panel-{panel}")).to_have_text("This part did not load. Choose it again.")
    page.unroute(f"**/{part}*")
    tab.click()
    expect(page.locator(f"#panel-{panel} button").first).to_be_visible()
    expect(page.locator("#digit")).to_have_text("7")
