"""Printed boxes and tables, and lines drawn under a number, taken away from what is written in them and on them.

They lie around digits, or are joined with some: no digit would be found in such a piece of ink.
"""

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE
from digits.segmentation.measures import HIGH, at_edge, enclosing_components, stroke_width
from digits.segmentation.printed_lines import find_lines, max_line_thickness

BORDER = 0.7  # of the side of such a piece: its lines are so long
ASLANT = 0.08  # of a side: so far the other one may rise along it, where the page is turned
SIDES = 0.85  # of each side: for so much of it a box has ink there
WIDE, ROW = 1.5, 2.5  # times its height: a line under several digits, with one of them on it or with more
SWELLING = 1.3  # times the usual stroke: so thick may a line be that was drawn with the same pen …
FELT = 2  # … and times a printed line
MOST = 100  # such pieces that are looked at, the largest first: on wood and cloth there may be any number


def remove_tables(mask: np.ndarray) -> np.ndarray:
    """A mask (H, W) uint8 0 or 1 without printed boxes and tables and lines under numbers; what they cross stays whole.

    Taken for one is a piece with several others in it, with ink along all of its sides, or of several digits' width,
    if straight lines run along most of it and leave something.
    """
    mask = mask.copy()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    around = enclosing_components(stats, mask.shape)
    thick, looked_at = max_line_thickness(mask.shape), 0
    large = stats[:, 2:4].max(axis=1) > 2 * SPECK_SHARE * max(mask.shape)
    large = np.flatnonzero(large & ~at_edge(stats, mask.shape))  # 0, the paper, lies at the edge
    for label in large[np.argsort(-stats[large, 2] * stats[large, 3])].tolist():
        x, y, width, height = stats[label, :4]
        place = slice(y, y + height), slice(x, x + width)
        part = (labels[place] == label).astype(np.uint8)
        wide = width > (WIDE if label in around else ROW) * height
        if looked_at < MOST and (around.get(label) or wide or _is_box(part, thick)):
            looked_at += 1
            left = _without_lines(part, thick, wide)
            # Of the bar of a 5, which is a line itself, no more than its end would be left.
            if label in around or _highest(left) > max(HIGH * height, 2 * thick, 2 * stroke_width(part)):
                mask[place] ^= part ^ left
    return mask


def _without_lines(part: np.ndarray, thick: float, wide: bool) -> np.ndarray:
    """A mask (height, width) without lines both ways along most of it or, where it is wide, level ones at least."""
    level, upright = find_lines(part, max(thick, min(SWELLING * stroke_width(part), FELT * thick)), (BORDER, BORDER))
    if not level.any() or not (upright.any() or wide):
        return part
    return np.where(level | upright, 0, part).astype(np.uint8)


def _is_box(part: np.ndarray, thick: float) -> bool:
    """Whether a mask (height, width) has ink along each of its four sides, be it aslant."""
    deep = [round(min(thick, 0.1 * side) + ASLANT * side) for side in part.shape[::-1]]  # above and below, at the sides
    sides = part[: deep[0]], part[-deep[0] :], part[:, : deep[1]].T, part[:, -deep[1] :].T
    return all(side.any(axis=0).mean() > SIDES for side in sides)


def _highest(mask: np.ndarray) -> int:
    """How high the highest of the connected pieces of a mask is, in pixels; 0 where there are none."""
    return int(cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:, 3].max(initial=0))
