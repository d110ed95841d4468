"""What a hand draws, in units of the pad's side (y down): anchor points, joined by a smooth curve."""

from math import cos, pi, sin

import numpy as np

from digits.synthesis.digit_shapes import spline

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "has_touch": True, "is_mobile": True}

ANCHORS = {
    0: [[(0.5 + 0.19 * sin(t * pi / 8), 0.5 - 0.3 * cos(t * pi / 8)) for t in range(-1, 17)]],
    1: [[(0.53, 0.2), (0.52, 0.4), (0.5, 0.6), (0.49, 0.8)]],
    2: [
        [(0.32, 0.33), (0.42, 0.21), (0.58, 0.21), (0.66, 0.33), (0.6, 0.47), (0.46, 0.62), (0.32, 0.78)],
        [(0.32, 0.78), (0.5, 0.78), (0.7, 0.78)],
    ],
    3: [
        [(0.34, 0.24), (0.5, 0.18), (0.63, 0.26), (0.6, 0.4), (0.46, 0.47)],
        [(0.46, 0.47), (0.62, 0.53), (0.67, 0.66), (0.58, 0.79), (0.42, 0.8), (0.31, 0.72)],
    ],
    4: [[(0.38, 0.2), (0.34, 0.38), (0.31, 0.53), (0.5, 0.54), (0.68, 0.52)], [(0.6, 0.3), (0.58, 0.55), (0.56, 0.82)]],
    7: [[(0.3, 0.22), (0.5, 0.21), (0.7, 0.21)], [(0.7, 0.21), (0.6, 0.42), (0.52, 0.6), (0.46, 0.8)]],
}


def around(x, y, rx, ry, start=0, stop=2):
    """Anchors along an ellipse, from one multiple of π to another."""
    return [(x + rx * cos(t * pi / 8), y + ry * sin(t * pi / 8)) for t in range(round(8 * start), round(8 * stop) + 1)]


def small(digit, x):
    """A digit's anchors at half their size, its middle at `x`."""
    return [[(x + (a - 0.5) / 2, 0.5 + (b - 0.5) / 2) for a, b in anchors] for anchors in ANCHORS[digit]]


# Each move of the mouse waits for a frame of the page; the pad smooths what lies between.
MOVE_STEP = 5

# What is no digit.
DOODLES = {
    "a smiley": [
        around(0.5, 0.5, 0.32, 0.34),
        around(0.38, 0.4, 0.015, 0.03),
        around(0.62, 0.4, 0.015, 0.03),
        around(0.5, 0.55, 0.17, 0.14, 0.1, 0.9),
    ],
    "a letter": [[(0.3, 0.8), (0.5, 0.2)], [(0.5, 0.2), (0.7, 0.8)], [(0.38, 0.58), (0.62, 0.58)]],
    "a scribble": [[(0.2 + 0.055 * t, 0.3 + 0.4 * (t % 2) + 0.02 * (t % 3)) for t in range(12)]],
    "two digits": [*small(3, 0.32), *small(2, 0.68)],
    "half a digit": [ANCHORS[2][0][:4], [(0.66, 0.33), (0.64, 0.38)]],
}


def strokes_of(anchored):
    """The strokes: lists of (x, y)."""
    return [spline(np.array(anchors), 5 * len(anchors) - 4).tolist() for anchors in anchored]


def on_screen(page, anchored):
    """The same strokes in the page's pixels, where the pad lies now."""
    box = page.locator("#pad").bounding_box()
    return [
        [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        for stroke in strokes_of(anchored)
    ]


def draw(page, what, lift=True):
    """Draws a digit or a doodle with the mouse; with lift=False the pen stays down at the end of the last stroke."""
    strokes = on_screen(page, {**ANCHORS, **DOODLES}[what])
    for i, stroke in enumerate(strokes):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in [*stroke[MOVE_STEP:-1:MOVE_STEP], stroke[-1]]:
            page.mouse.move(*point)
        if lift or i < len(strokes) - 1:
            page.mouse.up()
