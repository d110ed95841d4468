"""Pictures from outside: upload, drop, paste, and the real test digits."""

import base64
import io

import pytest
from digits_by_hand import draw
from made_up_pages import file_of
from page_checks import blank, picture_of, record_posts
from PIL import Image
from playwright.sync_api import expect

IN_ORDER = "let turn = 0; Math.random = () => (turn += 1, 0);"  # the examples come in the sheet's order


def hand_over(page, event, data):
    """Drops or pastes a picture onto the page."""
    page.evaluate(
        """([event, text]) => {
            const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "digit.png", { type: "image/png" }));
            const options = { bubbles: true, cancelable: true, dataTransfer: carried, clipboardData: carried };
            const Kind = event === "paste" ? ClipboardEvent : DragEvent;
            document.body.dispatchEvent(new Kind(event, options));
        }""",
        [event, base64.b64encode(data).decode()],
    )


def test_an_uploaded_picture_is_read_as_it_is(page):
    posted = record_posts(page)
    data = picture_of(2)
    page.set_input_files("#upload", file_of(data))
    expect(page.locator("#digit")).to_have_text("2")
    found, read = posted()
    assert found == data, "first its digits are looked for"
    page.select_option("#model", "two_conv")
    expect(page.locator("#digit")).to_have_text("2")
    page.wait_for_timeout(200)
    assert posted() == [found, read, read], "another network reads the same digit again"


def test_a_large_photo_is_shrunk_before_it_is_sent(page):
    posted = record_posts(page)
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    data = Image.open(io.BytesIO(picture_of(7, (2400, 2400)))).transpose(Image.Transpose.ROTATE_90)
    buffer = io.BytesIO()
    data.save(buffer, "JPEG", exif=turned)
    page.set_input_files("#upload", file_of(buffer.getvalue(), "photo.jpg", "image/jpeg"))
    expect(page.locator("#digit")).to_have_text("7")
    assert max(Image.open(io.BytesIO(posted()[0])).size) == 1600


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(page, event):
    hand_over(page, event, picture_of(3))
    expect(page.locator("#digit")).to_have_text("3")


def test_a_new_stroke_takes_the_picture_away_and_undo_brings_it_back(page):
    page.set_input_files("#upload", file_of(picture_of(3)))
    expect(page.locator("#digit")).to_have_text("3")
    draw(page, 1)
    expect(page.locator("#digit")).to_have_text("1")
    page.click("#undo")
    expect(page.locator("#digit")).to_have_text("3")


def test_a_file_that_is_no_picture_is_refused_kindly_and_not_sent(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "predict" in request.url else None)
    page.set_input_files("#upload", file_of(b"Dear diary", "diary.txt", "text/plain"))
    expect(page.locator("#notice")).to_contain_text("Not a picture")
    page.click("#notice button")
    expect(page.locator("#notice")).to_be_hidden()
    assert asked == []


def test_what_helps_with_a_blank_picture_is_shown_until_the_next_drawing(page):
    page.set_input_files("#upload", file_of(blank()))
    expect(page.locator("#notice")).to_contain_text("ink")
    expect(page.locator("#digit")).to_have_text("?")
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    expect(page.locator("#notice")).to_be_hidden()


def test_the_keys_put_real_digits_on_the_pad(open_page):
    page = open_page()
    page.evaluate(IN_ORDER)
    sheets = []
    page.on("request", lambda request: sheets.append(request.url) if "test_digits" in request.url else None)
    read = []
    for digit in range(10):
        with page.expect_response("**/api/predict*"):
            page.keyboard.press(str(digit))
        page.wait_for_timeout(50)
        read.append(page.locator("#digit").inner_text())
    assert sum(int(text) == digit for digit, text in enumerate(read)) >= 9, read
    assert len(sheets) == 1, "the sheet is fetched once, when it is first needed"


def test_the_touchable_examples_do_the_same(page):
    page.evaluate(IN_ORDER)
    page.click("[data-example='0']")
    expect(page.locator("#digit")).to_have_text("0")
    expect(page.locator("#invitation")).to_have_css("opacity", "0")


SLOW = """() => {
const open = window.createImageBitmap;
const wait = () => new Promise((go) => setTimeout(go, 700));
window.createImageBitmap = async (...all) => { await wait(); return open(...all); };
}"""


def test_a_picture_that_opens_slowly_does_not_replace_what_was_drawn_meanwhile(page):
    page.evaluate(SLOW)
    page.set_input_files("#upload", file_of(picture_of(7)))
    draw(page, 2)
    page.wait_for_timeout(1200)
    expect(page.locator("#digit")).to_contain_text("2")
