"""Made-up components of a page, and a classifier that takes the solid ones for digits."""

import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component


def component(x, y, width, height, digit=True, pale=False):
    """A solid rectangle, which `solid_cost` takes for a digit, or one with a hole, which is none."""
    ink = np.ones((height, width), np.float32)
    if not digit:
        ink[height // 4 : height - height // 4, width // 4 : width - width // 4] = 0
    return Component((x, y, width, height), ink, pale=pale)


def row(count, x=0, y=0, width=12, height=30, step=30, digit=True):
    return [component(x + step * index, y, width, height, digit) for index in range(count)]


def solid_cost():
    """Costs 0 for images with ink in the middle, 9 for others."""
    return ClassifierCost(lambda images: np.where(images[:, 14, 14] > 0.5, 0, 9).astype(np.float32))


def boxes(components):
    return [part.box for part in components]
