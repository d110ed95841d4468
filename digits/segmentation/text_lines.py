"""Groups components into text lines, in reading order.

A page may lean and mix sizes of handwriting.
"""

from typing import NamedTuple

import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component, union_box

# Shares of the height of the usual digit:
MAX_GAP_SHARE = 0.3  # components no further apart may belong to one digit
MIN_TALL_SHARE = 0.5  # lower components do not decide where lines run
MAX_LINE_DISTANCE_SHARE = 0.8  # a low component belongs to a line whose middle is nearer than this
MAX_ROW_DISTANCE_SHARE = 0.6  # components whose middles are nearer than this, up or down, share a line
MIN_FLAT_DIGIT_WIDTH_SHARE = 0.7  # a low component may be a digit if it is at least this wide
MAX_NEIGHBOUR_DISTANCE = 3  # digits: the slope is measured between components no further apart
MAX_NEIGHBOUR_DROP_SHARE = 0.5  # … and no further up or down

WIDTH_WEIGHT = 0.7  # a component counts as at least this share of its width high
MIN_SMALL_DIGITS = 3  # digit-like components that make a line of smaller handwriting
MIN_SMALL_LINE_DIGITS = 2  # of them in one line …
MIN_SMALL_LINE_SHARE = 0.5  # … and the share of the line that they make up
MAX_SMALL_RATIO = 0.7  # of the height of another line's digits: lower ones are smaller handwriting
MAX_SLOPE = 0.25  # pixels down per pixel to the right


class TextLine(NamedTuple):
    """Components from left to right, and the height of the line's digits in pixels."""

    components: list[Component]
    digit_height: float


def group_into_lines(components: list[Component], size: float, cost: ClassifierCost) -> list[TextLine]:
    """Returns the text lines of a page, top to bottom, each from left to right.

    size: the height of the usual digit, in pixels. Much smaller components are lines of their own if enough of them
    look like digits; otherwise they belong to the line at their level. Others are left out.
    """
    slope = _slope(components, size)
    tall = [component for component in components if component.box[3] >= MIN_TALL_SHARE * size] or components
    rows = _rows(tall, size, slope)
    row_levels = np.array([np.mean([_level(component, slope) for component in row]) for row in rows])
    is_tall = set(tall)
    loose: list[Component] = []
    row_of: dict[Component, int] = {}  # the row at the level of a low component
    for component in components:
        if component in is_tall:
            continue
        distances = np.abs(row_levels - _level(component, slope))
        if distances.min() < MAX_LINE_DISTANCE_SHARE * size:
            row_of[component] = int(distances.argmin())
        if component not in row_of or gap_to(rows[row_of[component]], component) >= MAX_GAP_SHARE * size:
            loose.append(component)  # no part of a digit beside it
    small_lines = _small_lines(loose, slope, cost)
    used = {component for line in small_lines for component in line.components}
    for component, row in row_of.items():
        if component not in used:
            rows[row].append(component)
    # A low component on a line of its own is a digit if it is wide and looks like one.
    flat = [
        component
        for component in loose
        if component not in row_of and component not in used and component.box[2] >= MIN_FLAT_DIGIT_WIDTH_SHARE * size
    ]
    rows += _rows(cost.digit_like(flat), size, slope)
    lines = [*(TextLine(row, size) for row in rows), *small_lines]
    lines.sort(key=lambda line: float(np.mean([_level(component, slope) for component in line.components])))
    return [TextLine(sorted(line.components, key=_middle), line.digit_height) for line in lines]


def _small_lines(components: list[Component], slope: float, cost: ClassifierCost) -> list[TextLine]:
    """Returns the lines of smaller handwriting among components that may be anything."""
    digit_like = cost.digit_like(components)
    if len(digit_like) < MIN_SMALL_DIGITS:
        return []
    size = typical_size(digit_like)
    tall = [component for component in components if component.box[3] >= MIN_TALL_SHARE * size]
    return [
        TextLine(row, size)
        for row in _rows(tall, size, slope)
        if len(set(digit_like).intersection(row)) >= max(MIN_SMALL_LINE_DIGITS, MIN_SMALL_LINE_SHARE * len(row))
    ]


def merge_adjacent_lines(lines: list[list[Component]]) -> list[list[Component]]:
    """Merges lines that stand side by side: smaller handwriting may continue a line of larger digits.

    lines: top to bottom; only consecutive ones are merged.
    """
    merged: list[list[Component]] = []
    for line in lines:
        if merged and _continues(*sorted((merged[-1], line), key=_median_height)):
            merged[-1] = sorted([*merged[-1], *line], key=_middle)
        else:
            merged.append(line)
    return merged


def _continues(low: list[Component], high: list[Component]) -> bool:
    """Returns True if low digits stand beside much higher ones, at the level of the nearest of those."""
    if _median_height(low) >= MAX_SMALL_RATIO * _median_height(high):
        return False
    left, right = sorted((low, high), key=lambda line: union_box(line)[0])
    end, start = max(left, key=_middle), min(right, key=_middle)
    small, large = (end, start) if left is low else (start, end)
    level = small.box[1] + small.box[3] / 2
    return end.box[0] + end.box[2] <= start.box[0] and large.box[1] < level < large.box[1] + large.box[3]


def _median_height(line: list[Component]) -> float:
    return float(np.median([component.box[3] for component in line]))


def _level(component: Component, slope: float) -> float:
    """Returns the vertical position of a component's middle, in pixels, without the lines' slope."""
    x, y, width, height = component.box
    return y + height / 2 - slope * (x + width / 2)


def _rows(components: list[Component], size: float, slope: float) -> list[list[Component]]:
    """Groups components of about one size into rows, top to bottom."""
    rows: list[list[Component]] = []
    for component in sorted(components, key=lambda component: _level(component, slope)):
        level = _level(component, slope)
        if rows and level - np.mean([_level(other, slope) for other in rows[-1]]) < MAX_ROW_DISTANCE_SHARE * size:
            rows[-1].append(component)
        else:
            rows.append([component])
    return rows


def _slope(components: list[Component], size: float) -> float:
    """Returns the mean slope of the text lines, in pixels down per pixel to the right."""
    tall = [component.box for component in components if component.box[3] >= MIN_TALL_SHARE * size]
    boxes = np.array(tall or [(0, 0, 0, 0)])
    boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
    x, y, width, height = boxes.T
    middle = y + height / 2
    steps = []
    for index in range(len(boxes)):
        start = np.searchsorted(x, x[index] + width[index] / 2, "right")
        stop = np.searchsorted(x, x[index] + width[index] + MAX_NEIGHBOUR_DISTANCE * size)
        down = middle[start:stop] - middle[index]
        level = np.flatnonzero(np.abs(down) < MAX_NEIGHBOUR_DROP_SHARE * size)
        if len(level):
            nearest = level[0]
            steps.append((down[nearest], x[start + nearest] - x[index]))
    if len(steps) < 2:
        return 0.0
    down, across = np.array(steps).T
    return float(np.clip(down.sum() / across.sum(), -MAX_SLOPE, MAX_SLOPE))


def typical_size(components: list[Component]) -> float:
    """Returns the median height of components, in pixels, weighted by the heights.

    Specks count little. A flat component counts as 0.7 of its width high.
    """
    sizes = np.sort([max(component.box[3], WIDTH_WEIGHT * component.box[2]) for component in components])
    weight = np.cumsum(sizes)
    return float(sizes[np.searchsorted(weight, weight[-1] / 2)])


def gap_to(components: list[Component], other: Component) -> float:
    """Returns the horizontal gap from a component to the nearest of others, in pixels; 0 for overlap."""
    x, _, width, _ = other.box
    return min(
        max(0, x - component.box[0] - component.box[2], component.box[0] - x - width) for component in components
    )


def _middle(component: Component) -> float:
    return component.box[0] + component.box[2] / 2
