"""Made-up photos of several test digits, the answer that /api/read gives to them, and how both come to the page."""

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect
from serving import ROOT

TILE, SCALE = 28, 4
BETWEEN, LOST = 0.6, 0.001


def real_digit(digit, column=0):
    """One real digit (28, 28) uint8, as the network gets it: 0 = paper, 255 = ink."""
    with Image.open(ROOT / "static/img/test_digits.png") as picture:
        sheet = np.asarray(picture.convert("L"))
    return sheet[digit * TILE : (digit + 1) * TILE, column * TILE : (column + 1) * TILE]


def reading(digit, sure):
    """What the server says of one digit; an unsure one might be the next as well."""
    probabilities = [LOST] * 10
    probabilities[digit] = 1 - 9 * LOST if sure else BETWEEN
    if not sure:
        probabilities[(digit + 1) % 10] = 1 - BETWEEN - 8 * LOST
    doubt = None if sure else "between"
    return {
        "digit": digit,
        "sure": sure,
        "doubt": doubt,
        "probabilities": probabilities,
        "claim": max(probabilities),
    }


def made_up(*lines, unsure=()):
    """A photo with these lines of digits. → PNG, the server's answer; `unsure` are places in reading order"""
    step = TILE * SCALE + 40
    width, height = step * max(map(len, lines)), step * len(lines)
    page = np.full((height, width), 235, np.uint8)
    digits = []
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            ink = real_digit(int(text))
            x, y = column * step + 20, row * step + 30
            large = np.kron(ink, np.ones((SCALE, SCALE), np.uint8))
            page[y : y + len(large), x : x + len(large)] = 235 - large * 0.8
            rows, columns = np.nonzero(ink.max(axis=1))[0], np.nonzero(ink.max(axis=0))[0]
            box = [
                x + SCALE * columns[0],
                y + SCALE * rows[0],
                SCALE * (np.ptp(columns) + 1),
                SCALE * (np.ptp(rows) + 1),
            ]
            data = base64.b64encode(ink.tobytes()).decode()
            digits.append(
                {
                    "box": [int(each) for each in box],
                    **reading(int(text), len(digits) not in unsure),
                    "input": {"shape": [TILE, TILE], "data": data},
                }
            )
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "PNG")
    return buffer.getvalue(), {"width": width, "height": height, "text": "\n".join(lines), "digits": digits}


def file_of(data, name="digit.png", kind="image/png"):
    return {"name": name, "mimeType": kind, "buffer": data}


def answered(page, answer):
    """/api/read answers so; → the list of its requests."""
    asked = []

    def answer_it(route):
        asked.append(route.request)
        route.fulfill(json=answer(route.request) if callable(answer) else answer)

    page.unroute("**/api/read*")
    page.route("**/api/read*", answer_it)
    return asked


def bring(page, *lines, unsure=()):
    """Puts a photo with these lines on the page. → the server's answer, the requests to /api/read"""
    data, answer = made_up(*lines, unsure=unsure)
    asked = answered(page, answer)
    page.set_input_files("#upload", file_of(data, "photo.png"))
    expect(page.locator("#sheet")).to_be_visible()
    return answer, asked
