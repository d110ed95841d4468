"""Connected components of a page's ink: the first candidates for digits."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE, Box, bounding_box, digit_image
from digits.segmentation.measures import (
    PAGE_EDGE_MARGIN_SHARE,
    at_edge,
    enclosing_components,
    is_strip,
    stroke_width,
)

MIN_DARKNESS = 0.28  # of the paper's light: pencil takes more, shadows and wood take less
MIN_PALE_PAGE_SHARE = 0.6  # of the strongest ink: the lower bound on a page of pale ink
MAX_COMPONENTS = 4000  # A4 paper has 2,500 crossings of 5 mm squares, 3,900 of 4 mm; more are print or grain
MIN_SPECK_STROKES = 1.2  # of the stroke width: a shorter component is dirt
MIN_COMPONENT_PX = 3  # a shorter component is dirt, however thin the strokes
LEVEL_QUANTILE = 0.9  # of a component's ink: the quantile that stands for its darkness
MAX_PAGE_SHARE = 0.85  # of both sides: a component that fills more is the rim of the paper or its shadow
MAX_STROKES_THICK = 2.5  # of the stroke width: a thicker component at the edge is no digit
# Components at the edge. A strip may be cut out so closely that its digits lie at the edge.
MIN_BAR_SHARE = 0.5  # of the page's side: a slender component that is longer is no digit
MAX_BAR_ASPECT = 0.2  # shorter over longer side of a slender component
MIN_LYING_SHARE = 0.7  # of its length: a component that lies along the edge this far is no digit …
MAX_LYING_INK_SHARE = 0.3  # … if its ink fills less than this share of its longer side's square
MAX_STRIP_DIGIT_RATIO = 1.5  # of the typical length in a strip: components up to this may be digits
MIN_STRIP_STROKE_RATIO = 0.3  # of the typical length in a strip: smaller components are no strokes
MAX_STRIP_STROKES_THICK = 5  # replaces MAX_STROKES_THICK for those: strokes in the middle may be the thin ones


@dataclass(frozen=True, eq=False)
class Component:
    """Ink that may be one digit.

    `box`: in pixels of the page. `ink`: (height, width) float32 0–1, without the ink of other components.
    `full`: the component merged with what else lies in its box, as the eyes of a face; None if nothing does.
    `source`: the component that it was cut out of; None if it was not cut. `pale`: True if paler than pencil.
    """

    box: Box
    ink: np.ndarray
    full: "Component | None" = None
    source: "Component | None" = None
    pale: bool = False

    @property
    def image(self) -> np.ndarray:
        """Digit image that a classifier takes, (28, 28) float32."""
        return digit_image(self.ink, (0, 0, *self.box[2:]))


def connected_components(ink: np.ndarray, mask: np.ndarray, strongest: float) -> list[Component]:
    """Returns the 8-connected components of a page that may be digits, without dirt and background.

    ink: (H, W) float32, the share of the paper's light that each pixel lacks. mask: (H, W) uint8 0 or 1, where ink is
    strong and no printed line. strongest: darkness of the strongest strokes, 0–1. Returns [] for more than
    `MAX_COMPONENTS`: such a page is print or texture.
    """
    page = mask.shape[0], mask.shape[1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = ~at_edge(stats, page)
    inside[0] = False  # the paper
    sizes = stats[:, 2:4].max(axis=1)
    strip_length = _typical_strip_length(sizes, inside, page)
    enclosing = np.isin(np.arange(len(stats)), list(enclosing_components(stats, page)))
    # Neither the table around or at the edge of a page nor the specks of a strip may decide the stroke width.
    strokes = (inside & ~enclosing & (sizes > MIN_STRIP_STROKE_RATIO * strip_length))[labels].view(np.uint8)
    stroke = stroke_width(strokes) or stroke_width(mask)
    large = (sizes >= max(MIN_COMPONENT_PX, MIN_SPECK_STROKES * stroke)) & (stats[:, cv2.CC_STAT_AREA] >= stroke)
    large = np.flatnonzero(large)
    large = large[large > 0]  # 0 is the paper
    if len(large) > MAX_COMPONENTS:
        return []
    min_inner_level = min(MIN_DARKNESS, MIN_PALE_PAGE_SHARE * strongest)
    components = []
    for label in large.tolist():
        x, y, width, height, _ = stats[label].tolist()
        box = x, y, width, height
        part = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        level = np.quantile(ink[y : y + height, x : x + width][part > 0], LEVEL_QUANTILE)
        if level < (min_inner_level if inside[label] else MIN_DARKNESS):
            continue
        if min(width / page[1], height / page[0]) > MAX_PAGE_SHARE:
            continue  # around everything else
        if enclosing[label] and _thickness(part) > MAX_STROKES_THICK * stroke:
            continue  # the table around a note
        if not inside[label] and _is_background(box, part, page, stroke, strip_length):
            continue
        found = _soft_component(ink, labels, label, box, max(1, round(stroke / 3)), level)
        components += [replace(component, pale=bool(level < MIN_DARKNESS)) for component in found]
    return components


def _typical_strip_length(sizes: np.ndarray, inside: np.ndarray, page: tuple[int, int]) -> float:
    """Returns the median length of the components of a strip that may be digits, in pixels.

    Returns 0 if the page is no strip.
    sizes: (n,) longer sides in pixels. inside: (n,) bool, False at the edge of the page. Row 0 is the paper.
    """
    large = sizes > SPECK_SHARE * max(page)
    large[0] = False
    counted = large & inside if (large & inside).any() else large
    return float(np.median(sizes[counted])) if is_strip(page) and counted.sum() > 1 else 0.0


def _is_background(box: Box, part: np.ndarray, page: tuple[int, int], stroke: float, strip_length: float) -> bool:
    """Returns True if a component at the edge is the table, a shadow or a margin, and no digit.

    part: its mask (height, width). stroke: the stroke width. strip_length: the length up to which digits may lie at
    the edge. All in pixels.
    """
    x, y, width, height = box
    margin = round(max(1, PAGE_EDGE_MARGIN_SHARE * max(page))) + 1
    right, below = page[1] - x - width, page[0] - y - height
    touching = [
        part[:, : margin - x].any(axis=1).sum() if x < margin else 0,
        part[:, right - margin :].any(axis=1).sum() if right < margin else 0,
        part[: margin - y].any(axis=0).sum() if y < margin else 0,
        part[below - margin :].any(axis=0).sum() if below < margin else 0,
    ]
    longer = max(width, height)
    if longer <= MAX_STRIP_DIGIT_RATIO * strip_length:
        return _thickness(part) > MAX_STRIP_STROKES_THICK * stroke
    is_lying = max(touching) > MIN_LYING_SHARE * longer and part.sum() < MAX_LYING_INK_SHARE * longer**2
    is_long = width > MIN_BAR_SHARE * page[1] or height > MIN_BAR_SHARE * page[0]
    is_bar = is_long and min(width, height) < MAX_BAR_ASPECT * longer
    return bool(_thickness(part) > MAX_STROKES_THICK * stroke or is_lying or is_bar)


def _thickness(part: np.ndarray) -> float:
    """Returns the thickness of a mask (height, width) at its thickest place, in pixels."""
    return 2 * float(cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3).max())


def _soft_component(
    ink: np.ndarray, labels: np.ndarray, label: int, box: Box, margin: int, level: np.floating
) -> list[Component]:
    """Returns the component of a label with its soft edge, scaled to `level` = 1; [] if nothing is left.

    margin: of the soft edge, in pixels. Ink of other labels is left out.
    """
    x, y, width, height = box
    left, top = max(0, x - margin), max(0, y - margin)
    right, bottom = min(labels.shape[1], x + width + margin), min(labels.shape[0], y + height + margin)
    crop = slice(top, bottom), slice(left, right)
    own = labels[crop] == label
    near = cv2.dilate(own.astype(np.uint8), np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    soft = np.where((near > 0) & (own | (labels[crop] == 0)), ink[crop], 0)
    return trim((left, top, right - left, bottom - top), (soft / level).clip(0, 1).astype(np.float32))


def trim(box: Box, ink: np.ndarray, source: Component | None = None) -> list[Component]:
    """Returns the part of a box that has ink, as a list of one component; [] for a box without ink."""
    inked = bounding_box(ink)
    if inked is None:
        return []
    x, y, width, height = inked
    return [Component((box[0] + x, box[1] + y, width, height), ink[y : y + height, x : x + width], source=source)]


def restore_left_out(digits: list[Component], components: list[Component]) -> list[Component]:
    """Returns the digits of a page, with `full` set if components in their box belong to no digit."""
    boxes = np.array([component.box for component in components])
    starts, ends = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    inside = []
    for digit in digits:
        x, y, width, height = digit.box
        in_box = (starts >= (x, y)).all(axis=1) & (ends <= (x + width, y + height)).all(axis=1)
        inside.append(np.flatnonzero(in_box))
    used = {
        index
        for digit, indices in zip(digits, inside, strict=True)
        for index in indices
        if _contains(digit, components[index])
    }
    left_out = [[components[index] for index in indices if index not in used] for indices in inside]
    return [
        replace(digit, full=merge([digit, *others])) if others else digit
        for digit, others in zip(digits, left_out, strict=True)
    ]


def _contains(digit: Component, component: Component) -> bool:
    """Returns True if the ink of a component in a digit's box is part of the digit's ink."""
    x, y, width, height = np.subtract(component.box, (*digit.box[:2], 0, 0))
    common = digit.ink[y : y + height, x : x + width] * component.ink
    return bool(common.sum() > 0.5 * (component.ink**2).sum())


def union_box(components: list[Component]) -> Box:
    """Returns the smallest box around all components."""
    boxes = np.array([component.box for component in components])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return int(left), int(top), int(right - left), int(bottom - top)


def merge(components: list[Component]) -> Component:
    """Returns one component with the ink of all; a single component is returned as it is."""
    if len(components) == 1:
        return components[0]
    box = union_box(components)
    ink = np.zeros((box[3], box[2]), np.float32)
    for component in components:
        x, y, width, height = component.box
        target = ink[y - box[1] : y - box[1] + height, x - box[0] : x - box[0] + width]
        np.maximum(target, component.ink, out=target)
    return Component(box, ink)
