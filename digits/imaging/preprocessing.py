"""Crops, scales and centres the ink of one digit to a 28×28 digit image, as MNIST's authors did.

They scaled each digit to fit a 20×20 box, keeping its aspect, and put its centre of mass into the middle (LeCun,
Cortes, Burges: The MNIST database of handwritten digits). A network trained on those images needs the same.
"""

import cv2
import numpy as np
from PIL import Image

from digits.errors import NoInk

IMAGE_SIDE_PX = 28  # pixels of a digit image
DIGIT_SIDE_PX = 20  # pixels of the box that a digit is scaled to
MIN_BOX_INK = 0.12  # of the strongest ink: weaker ink (halos of JPEG, a trace of grey) does not widen the box
SPECK_SHARE = 0.012  # of the page's longer side: ink no larger than this both ways is dirt, not a digit

Box = tuple[int, int, int, int]  # x, y, width, height in pixels


def find_ink_box(ink: np.ndarray) -> Box:
    """Returns the box around all ink of a page (H, W); raises `NoInk` for a blank page or a speck."""
    box = bounding_box(ink)
    if box is None:
        raise NoInk("There is no ink in this picture. Draw or photograph a digit, dark on light or light on dark.")
    if max(box[2:]) <= SPECK_SHARE * max(ink.shape):
        raise NoInk("There is only a speck in this picture. Draw the digit larger.")
    return box


def bounding_box(ink: np.ndarray) -> Box | None:
    """Returns the box around all ink of a page (H, W) in 0–1, however small; None for a blank page."""
    x, y, width, height = cv2.boundingRect((ink > MIN_BOX_INK).view(np.uint8))
    return (x, y, width, height) if width else None


def digit_image(ink: np.ndarray, box: Box) -> np.ndarray:
    """Returns the ink in a box of a page as a digit image (28, 28) float32, 0 = paper, 1 = ink."""
    return place_digit(ink, box)[0]


def place_digit(ink: np.ndarray, box: Box, scaled: bool = True, centred: bool = True) -> tuple[np.ndarray, Box]:
    """Returns the ink in a box of a page as a digit image, and the place of the box in it.

    The digit image is (28, 28) float32, 0 = paper, 1 = ink. ink: (H, W), not blank in the box. scaled: to 20×20;
    otherwise as the whole page would be shrunk to 28×28. centred: by the centre of mass; otherwise the digit stays at
    its place on the page. Without both, the image equals the page shrunk to 28×28.
    """
    x, y, width, height = box
    page = max(ink.shape)
    scale = DIGIT_SIDE_PX / max(width, height) if scaled else IMAGE_SIDE_PX / page
    size = max(1, round(width * scale)), max(1, round(height * scale))
    crop = Image.fromarray(np.ascontiguousarray(ink[y : y + height, x : x + width], dtype=np.float32))
    small = np.asarray(crop.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR))
    small = small / small.max()  # a thin pen must not come out grey
    if centred:
        left, top = _centred_corner(small)
    else:  # a page that is not square is taken as the middle of a square one
        margins = [(page - side) / 2 for side in reversed(ink.shape)]
        left = round((x + width / 2 + margins[0]) * IMAGE_SIDE_PX / page - size[0] / 2)
        top = round((y + height / 2 + margins[1]) * IMAGE_SIDE_PX / page - size[1] / 2)
    left, top = min(max(left, 0), IMAGE_SIDE_PX - size[0]), min(max(top, 0), IMAGE_SIDE_PX - size[1])
    image = np.zeros((IMAGE_SIDE_PX, IMAGE_SIDE_PX), np.float32)
    image[top : top + size[1], left : left + size[0]] = small
    return image, (left, top, *size)


def _centred_corner(small: np.ndarray) -> tuple[int, int]:
    """Returns the left and top at which the centre of mass of an image (h, w) lies in the middle of 28×28.

    Whole pixels, because a shift by parts of a pixel would blur.
    """
    height, width = small.shape
    total = small.sum()
    middle = IMAGE_SIDE_PX / 2  # as in MNIST: its mean centre of mass is (14.0, 14.0), counting pixels from 0
    left = round(middle - float(small.sum(axis=0) @ np.arange(width)) / total)
    top = round(middle - float(small.sum(axis=1) @ np.arange(height)) / total)
    return left, top
