"""The connected ink of a page, piece by piece, without the paper's lines and the table that it lies on."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE, Box, bounding_box, digit_image
from digits.segmentation.measures import NEAR, at_edge, enclosing_components, is_strip, stroke_width, strongest_ink
from digits.segmentation.printed_lines import remove_rulings
from digits.segmentation.tables import remove_tables

CLEAR = 0.25  # of the page's strongest strokes: ink below this is the lines of the paper, or its texture
PALEST = 0.28  # of the paper's light: pencil takes more, shadows and wood take less
PALE = 0.6  # of the page's strongest strokes: where those are pale
MOST = 4000  # pieces: the lines of an A4 sheet cross 2,500 times at 5 mm, 3,900 times at 4; more are print, or grain
FRAME = 0.5  # of a side: a thing at the edge that is this long is no digit
LYING = 0.7  # or lies along the edge for so much of its length
SLENDER = 0.3  # with less ink than so much of its longer side's square, such a thing is no digit
ALL = 0.85  # of both sides: what fills so much is the rim of a sheet, or its shadow
LIKE = 1.5  # times the usual piece of a strip: what is no longer may be a digit though it lies at the edge
PART = 0.3  # of such a piece: what is smaller is no stroke
BULKY = 2.5  # times the usual stroke: a thing at the edge that is this thick is no digit
BULKIEST = 5  # the same for a thing of a digit's size: in a cut-out the strokes in the middle may be the thin ones


@dataclass(frozen=True, eq=False)
class Component:
    """Ink that is one digit: `box` in pixels of the page, `ink` (height, width) float32 0–1, of that digit alone.

    `full`: the same with what else lies in its box and was left out, as the eyes in a face; None if nothing does.
    `source`: the piece that it was cut out of; None if none was.
    `pale`: whether it takes less of the paper's light than pencil does.
    """

    box: Box
    ink: np.ndarray
    full: "Component | None" = None
    source: "Component | None" = None
    pale: bool = False

    @property
    def image(self) -> np.ndarray:
        """As the network gets it, (28, 28) float32."""
        return digit_image(self.ink, (0, 0, *self.box[2:]))


def connected_components(ink: np.ndarray) -> list[Component]:
    """The connected ink of a page (H, W), without the paper's lines, dirt and what lies at the edge and is no digit.

    A page of print, of thousands of pieces, has none.
    """
    if not ink.any():
        return []
    full = strongest_ink(ink)
    mask = remove_rulings(remove_tables((ink > CLEAR * full).astype(np.uint8)), (ink > 0).astype(np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = ~at_edge(stats, mask.shape)
    inside[0] = False  # the paper
    sizes = stats[:, 2:4].max(axis=1)
    usual = _usual(sizes, inside, mask.shape)
    # What lies at the edge, or around others, may be the table: it must not decide how wide a stroke is, nor must a
    # speck in a strip.
    around = np.isin(np.arange(len(stats)), list(enclosing_components(stats, mask.shape)))
    strokes = (inside & ~around & (sizes > PART * usual))[labels].view(np.uint8)
    stroke = stroke_width(strokes) or stroke_width(mask)
    margin = max(1, round(stroke / 3))
    large = np.flatnonzero((sizes >= max(3, 1.2 * stroke)) & (stats[:, cv2.CC_STAT_AREA] >= stroke))
    large = large[large > 0]  # 0 is the paper
    if len(large) > MOST:
        return []
    pieces = []
    for label in large.tolist():
        x, y, width, height, _ = stats[label].tolist()
        part = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        level = np.quantile(ink[y : y + height, x : x + width][part > 0], 0.9)
        if level < (min(PALEST, PALE * full) if inside[label] else PALEST):
            continue
        if min(width / mask.shape[1], height / mask.shape[0]) > ALL:
            continue  # around everything else
        if around[label] and _depth(part) > BULKY * stroke:
            continue  # the table around a note
        if not inside[label] and _is_frame((x, y, width, height), part, mask.shape, stroke, usual):
            continue
        box = _grown((x, y, width, height), margin, mask.shape)
        found = trim(box, (_own_ink(ink, labels, label, box, margin) / level).clip(0, 1).astype(np.float32))
        pieces += [replace(piece, pale=bool(level < PALEST)) for piece in found]
    return pieces


def _usual(sizes: np.ndarray, inside: np.ndarray, page: tuple[int, int]) -> float:
    """How long the pieces (n,) of a strip are that may be digits, in pixels; 0 where the page is no strip.

    A strip may be cut out so tightly around one number that its digits lie at the edge.
    """
    large = sizes > SPECK_SHARE * max(page)
    large[0] = False  # the paper
    telling = large & inside if (large & inside).any() else large
    return float(np.median(sizes[telling])) if is_strip(page) and telling.sum() > 1 else 0.0


def _is_frame(box: Box, part: np.ndarray, page: tuple[int, int], stroke: float, usual: float) -> bool:
    """Whether a thing at the edge, a mask (height, width), is the table, a shadow or a margin rather than a digit.

    stroke, usual: how wide strokes are on this page, and how long digits may be that lie at its edge, in pixels.
    """
    x, y, width, height = box
    near = round(max(1, NEAR * max(page))) + 1
    right, below = page[1] - x - width, page[0] - y - height
    touching = [
        part[:, : near - x].any(axis=1).sum() if x < near else 0,
        part[:, right - near :].any(axis=1).sum() if right < near else 0,
        part[: near - y].any(axis=0).sum() if y < near else 0,
        part[below - near :].any(axis=0).sum() if below < near else 0,
    ]
    longer = max(width, height)
    lying = max(touching) > LYING * longer and part.sum() < SLENDER * longer**2
    long = (width > FRAME * page[1] or height > FRAME * page[0]) and min(width, height) < 0.2 * longer
    if longer <= LIKE * usual:
        return _depth(part) > BULKIEST * stroke
    return _depth(part) > BULKY * stroke or lying or long


def _depth(part: np.ndarray) -> float:
    """How thick a mask (height, width) is at its thickest, in pixels."""
    return 2 * float(cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3).max())


def _grown(box: Box, margin: int, page: tuple[int, int]) -> Box:
    x, y, width, height = box
    left, top = max(0, x - margin), max(0, y - margin)
    return left, top, min(page[1], x + width + margin) - left, min(page[0], y + height + margin) - top


def _own_ink(ink: np.ndarray, labels: np.ndarray, label: int, box: Box, margin: int) -> np.ndarray:
    """The ink of one connected piece with its soft edge."""
    x, y, width, height = box
    there = labels[y : y + height, x : x + width]
    near = cv2.dilate((there == label).astype(np.uint8), np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    return np.where((near > 0) & ((there == label) | (there == 0)), ink[y : y + height, x : x + width], 0)


def trim(box: Box, ink: np.ndarray, source: Component | None = None) -> list[Component]:
    """The part of a box that has ink in it, if any; `source` as a segment has it."""
    found = bounding_box(ink)
    if found is None:
        return []
    x, y, width, height = found
    return [Component((box[0] + x, box[1] + y, width, height), ink[y : y + height, x : x + width], source=source)]


def restore_left_out(found: list[Component], pieces: list[Component]) -> list[Component]:
    """The digits found among all pieces of a page, each with those in its box that none of them has taken in."""
    boxes = np.array([piece.box for piece in pieces])
    starts, ends = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    inside = [
        np.flatnonzero((starts >= part.box[:2]).all(axis=1) & (ends <= np.add(part.box[:2], part.box[2:])).all(axis=1))
        for part in found
    ]
    taken = {at for part, some in zip(found, inside, strict=True) for at in some if _has(part, pieces[at])}
    left = [[pieces[at] for at in some if at not in taken] for some in inside]
    return [replace(part, full=merge([part, *more])) if more else part for part, more in zip(found, left, strict=True)]


def _has(part: Component, piece: Component) -> bool:
    """Whether a piece in its box is ink of this part."""
    x, y, width, height = np.subtract(piece.box, (*part.box[:2], 0, 0))
    return bool((part.ink[y : y + height, x : x + width] * piece.ink).sum() > 0.5 * (piece.ink**2).sum())


def union_box(run: list[Component]) -> Box:
    """The smallest box around all of these."""
    boxes = np.array([piece.box for piece in run])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return int(left), int(top), int(right - left), int(bottom - top)


def merge(run: list[Component]) -> Component:
    """The ink of all of these as one."""
    if len(run) == 1:
        return run[0]
    box = union_box(run)
    ink = np.zeros((box[3], box[2]), np.float32)
    for piece in run:
        x, y, width, height = piece.box
        place = ink[y - box[1] : y - box[1] + height, x - box[0] : x - box[0] + width]
        np.maximum(place, piece.ink, out=place)
    return Component(box, ink)
