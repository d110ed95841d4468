"""A photo on its way to the page: how it comes, the wait, what is newer or refused, and what is found."""

import io
import time

import pytest
from digits_by_hand import draw
from made_up_pages import answered, file_of, made_up
from page_checks import blank, picture_of, record_posts
from PIL import Image
from playwright.sync_api import expect


def test_one_digit_goes_to_the_pad_at_once_without_a_sheet(page):
    posted = record_posts(page)
    data, answer = made_up("7")
    answered(page, answer)
    page.set_input_files("#upload", file_of(data))
    expect(page.locator("#digit")).to_have_text("7")
    expect(page.locator("#sheet")).to_be_hidden()
    assert len(posted()) == 2
    assert Image.open(io.BytesIO(posted()[1])).size == (280, 280)


def test_where_no_digit_is_found_the_picture_stays_and_a_word_helps(page):
    posted = record_posts(page)
    page.set_input_files("#upload", file_of(blank()))
    expect(page.locator("#notice")).to_contain_text("No digit found")
    expect(page.locator("#notice")).to_contain_text("Dark ink on light paper")
    expect(page.locator("#digit")).to_have_text("?")
    expect(page.locator("#invitation")).to_have_css("opacity", "0")
    assert len(posted()) == 1, "there is nothing to predict"
    page.click("#undo")
    expect(page.locator("#notice")).to_be_hidden()
    page.click("#redo")
    expect(page.locator("#notice")).to_contain_text("No digit found")


class Slow:
    """Holds the requests to /api/read back."""

    def __init__(self, page):
        self.held = []
        page.route("**/api/read*", lambda route: self.held.append(route))

    def wait(self, page, count=1):
        for _ in range(100):
            if len(self.held) >= count:
                return
            page.wait_for_timeout(20)
        pytest.fail("the picture was not sent")


@pytest.mark.errors_expected
def test_while_it_is_read_the_page_says_so_and_can_be_stopped(page):
    slow = Slow(page)
    data, answer = made_up("314")
    page.set_input_files("#upload", file_of(data))
    expect(page.locator("#busy")).to_be_visible()
    slow.wait(page)
    page.click("#busy button")
    expect(page.locator("#busy")).to_be_hidden()
    page.set_input_files("#upload", file_of(data))
    slow.wait(page, 2)
    slow.held[1].fulfill(json=answer)
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#busy")).to_be_hidden()


@pytest.mark.errors_expected
def test_a_newer_picture_or_stroke_takes_the_place_of_one_on_its_way(page):
    slow = Slow(page)
    data, _ = made_up("314")
    page.set_input_files("#upload", file_of(data))
    slow.wait(page)
    data, newer = made_up("27")
    page.set_input_files("#upload", file_of(data))
    slow.wait(page, 2)
    slow.held[1].fulfill(json=newer)
    expect(page.locator("#sheet .text")).to_have_text("27")
    page.set_input_files("#upload", file_of(data))
    slow.wait(page, 3)
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    page.wait_for_timeout(400)
    expect(page.locator("#busy")).to_be_hidden()
    expect(page.locator("#sheet")).to_be_hidden()


@pytest.mark.errors_expected
def test_a_busy_server_is_asked_again_for_the_picture(page):
    times = []
    data, answer = made_up("314")

    def busy(route):
        times.append(time.monotonic())
        if len(times) == 1:
            route.fulfill(status=503, headers={"Retry-After": "2"}, content_type="application/problem+json", body="{}")
        else:
            route.fulfill(json=answer)

    page.route("**/api/read*", busy)
    page.set_input_files("#upload", file_of(data))
    expect(page.locator("#notice")).to_contain_text("Your picture is kept")
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#notice")).to_be_hidden()
    assert times[1] - times[0] >= 1.95


@pytest.mark.errors_expected
def test_what_the_server_refuses_is_told_and_the_drawing_stays(page):
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    problem = '{"type": "too-large", "title": "Too large", "status": 413, "detail": "At most 10 MB."}'
    page.route(
        "**/api/read*",
        lambda route: route.fulfill(status=413, content_type="application/problem+json", body=problem),
    )
    page.set_input_files("#upload", file_of(picture_of(2)))
    expect(page.locator("#notice")).to_contain_text("At most 10 MB.")
    expect(page.locator("#digit")).to_have_text("7")


def test_phones_have_a_button_for_their_camera(open_page, page):
    expect(page.locator('[for="camera"]')).to_be_hidden()
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(phone.locator('[for="camera"]')).to_be_visible()
    assert phone.locator("#camera").get_attribute("capture") == "environment"
    data, answer = made_up("42")
    answered(phone, answer)
    phone.set_input_files("#camera", file_of(data))
    expect(phone.locator("#sheet .text")).to_have_text("42")
    brush = phone.locator("#brush").bounding_box()
    assert brush["width"] >= 44
