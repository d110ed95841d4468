"""A box of ink → 28×28, as MNIST was made.

MNIST's authors scaled each digit to fit a 20×20 box, keeping its shape, and put its centre of mass into the middle of
28×28 pixels (LeCun, Cortes, Burges: The MNIST database of handwritten digits). A network that learnt from such
pictures reads others only if they come to it the same way.
"""

import cv2
import numpy as np
from PIL import Image

from digits.errors import NoInk

SIDE, BOX = 28, 20
TRACE = 0.12  # ink weaker than this does not stretch the box: halos of JPEG, a breath of grey
SPECK_SHARE = 0.012  # of the page's longer side: a box no larger than this both ways is dirt, not a digit

Box = tuple[int, int, int, int]  # x, y, width, height in pixels


def find_ink_box(ink: np.ndarray) -> Box:
    """The smallest box around all the ink of a page (H, W); raises `NoInk` for a blank one or a speck."""
    box = bounding_box(ink)
    if box is None:
        raise NoInk("There is no ink in this picture. Draw or photograph a digit, dark on light or light on dark.")
    if max(box[2:]) <= SPECK_SHARE * max(ink.shape):
        raise NoInk("There is only a speck in this picture. Draw the digit larger.")
    return box


def bounding_box(ink: np.ndarray) -> Box | None:
    """The smallest box around all the ink of a page (H, W), however small; None for a blank one."""
    x, y, width, height = cv2.boundingRect((ink > TRACE).view(np.uint8))
    return (x, y, width, height) if width else None


def digit_image(ink: np.ndarray, box: Box) -> np.ndarray:
    """The ink inside `box` as a digit image (28, 28) float32, 0 = paper, 1 = ink."""
    return place_digit(ink, box)[0]


def place_digit(ink: np.ndarray, box: Box, scaled: bool = True, centred: bool = True) -> tuple[np.ndarray, Box]:
    """The ink inside `box` as a digit image, and where in it that box came to lie, in its pixels.

    scaled: to 20×20, or else by as much as the whole page is shrunk to 28×28. centred: by the centre of mass, or else
    left where it stood on the page. Without either the network gets what a plain shrinking of the page would give.
    """
    x, y, width, height = box
    page = max(ink.shape)
    scale = BOX / max(width, height) if scaled else SIDE / page
    size = max(1, round(width * scale)), max(1, round(height * scale))
    crop = Image.fromarray(np.ascontiguousarray(ink[y : y + height, x : x + width], dtype=np.float32))
    small = np.asarray(crop.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR))
    small = small / small.max()  # a thin pen must not come out grey
    if centred:
        left, top = _centred(small)
    else:  # a page that is not square stands in the middle of a square one
        margins = [(page - side) / 2 for side in reversed(ink.shape)]
        left = round((x + width / 2 + margins[0]) * SIDE / page - size[0] / 2)
        top = round((y + height / 2 + margins[1]) * SIDE / page - size[1] / 2)
    left, top = min(max(left, 0), SIDE - size[0]), min(max(top, 0), SIDE - size[1])
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + size[1], left : left + size[0]] = small
    return image, (left, top, *size)


def _centred(small: np.ndarray) -> tuple[int, int]:
    """Where a picture has to lie for its centre of mass to be in the middle of 28×28: by whole pixels, without blur."""
    height, width = small.shape
    total = small.sum()
    middle = SIDE / 2  # as in MNIST itself: its mean centre lies at (14.0, 14.0), counting pixels from 0
    left = round(middle - float(small.sum(axis=0) @ np.arange(width)) / total)
    top = round(middle - float(small.sum(axis=1) @ np.arange(height)) / total)
    return left, top
