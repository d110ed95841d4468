"""Pictures to post, a recorder of posts, and a measure of colours for browser tests."""

import base64
import io

from digits_by_hand import ANCHORS, strokes_of
from PIL import Image, ImageDraw


def picture_of(digit, size=(300, 300), kind="PNG", **options):
    """A picture of a digit, dark on light, as bytes."""
    image = Image.new("L", size, 235)
    pen = ImageDraw.Draw(image)
    side = min(size)
    for stroke in strokes_of(ANCHORS[digit]):
        points = [(x * side, y * side) for x, y in stroke]
        pen.line(points, fill=25, width=side // 12, joint="curve")
        for x, y in points:
            pen.ellipse([x - side / 24, y - side / 24, x + side / 24, y + side / 24], fill=25)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def record_posts(page):
    """Records the bodies that the page posts; returns a function that lists them.

    Chromium does not report the bodies of such requests.
    """
    page.evaluate("""() => {
        const send = window.fetch;
        window.posted = [];
        window.fetch = (path, options) => {
            if (options?.method === "POST") window.posted.push(options.body);
            return send(path, options);
        };
    }""")
    read = """async () => Promise.all(window.posted.map(async (body) => {
        const bytes = body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : body;
        return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
    }))"""
    return lambda: [base64.b64decode(text) for text in page.evaluate(read)]


def blank():
    buffer = io.BytesIO()
    Image.new("L", (200, 200), 255).save(buffer, "PNG")
    return buffer.getvalue()


# How many pixels of a canvas are clearly warm and clearly blue; how many are painted at all.
COLOURS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [warm, blue, painted] = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] > data[i + 2] + 60) warm += 1;
        if (data[i + 2] > data[i] + 30) blue += 1;
        if (data[i + 3] > 0) painted += 1;
    }
    return { warm, blue, painted };
}"""
