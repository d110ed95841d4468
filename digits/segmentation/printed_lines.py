"""Removes printed lines from the handwriting: rulings, squares, tables, boxes, underlines.

Lines join the digits that they cross, and boxes enclose them; without lines, each digit is a component of its own.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE
from digits.segmentation.measures import (
    MAX_STRIP_ASPECT,
    MIN_SINGLE_CONTENT_SHARE,
    at_edge,
    enclosing_components,
    stroke_width,
)

# Lines. Shares of the side of the page, or of the component, that a line runs along:
MIN_RULING_SHARE = 0.5  # a ruling is at least this long; no thin stroke of a digit is
MAX_GAP_SHARE = 0.04  # a ruling may be too pale to see over this length
MIN_THIN_SHARE = 0.6  # of the ruling itself: it is seen as a thin line for this part; a row of small digits is not
FULL_RULING_SHARE = 0.95  # inked this far, it is a ruling even behind digits; no row of digits is
MIN_FULL_THIN_SHARE = 0.25  # such a ruling is seen as a thin line for at least this part
MAX_TURN_DEGREES = 12  # a page is turned no further
ANGLE_STEP_RADIANS = np.pi / 1440
MAX_LINE_THICKNESS_SHARE = 0.006  # of the page's longer side
MIN_MAX_LINE_THICKNESS_PX = 3  # lower bound of the maximum thickness
MIN_FLAT_RUN_PX = 8  # a line has at least this many pixels side by side in one row, even if turned
RULING_STRAIGHTNESS_PX = 3  # a line deviates no further from straight
MAX_LINE_CANDIDATES = 2000  # squared paper has about 500; cloth and wood any number

# Tables and boxes. Shares of the sides of the component:
MIN_BORDER_SHARE = 0.7  # lines of a table are at least this long
MAX_TILT_SHARE = 0.08  # a border rises no further along it on a turned page
MIN_BOX_SIDE_SHARE = 0.85  # a box has ink along this much of each of its sides
UNDERLINE_ASPECT = 1.5  # width over height: a line under several digits that is joined with one of them
UNDERLINED_ROW_ASPECT = 2.5  # width over height: the same, joined with more digits
MAX_PEN_LINE_STROKES = 1.3  # of the stroke width: a line drawn by the same pen is no thicker …
MAX_PEN_LINE_RATIO = 2  # … and no thicker than this many printed lines
MAX_TABLES = 100  # components examined, the largest first: wood and cloth have any number


def remove_rulings(mask: np.ndarray, faint: np.ndarray) -> np.ndarray:
    """Removes long, thin, straight lines that run level or upright across the page from a mask.

    mask: (H, W) uint8 0 or 1, not modified. faint: (H, W) uint8 0 or 1, all that is darker than paper; pale lines are
    complete only there. Strokes that cross a line stay whole, because only runs no thicker than the line are removed.
    If nothing else is on the page, the lines stay: one may be a 1. Source: staff-line removal; Dalitz, Droettboom,
    Pranzas, Fujinaga: A Comparative Study of Staff Removal Algorithms, 2008.
    """
    # Across a narrow page a digit may be as long as a ruling: there only a line from edge to edge counts.
    level, upright = find_lines(
        faint,
        max_line_thickness(mask.shape),
        [MIN_RULING_SHARE if side > MAX_STRIP_ASPECT * max(mask.shape) else np.inf for side in mask.shape],
    )
    without = np.where(level | upright, 0, mask).astype(np.uint8)
    return without if without.any() else mask


def remove_tables(mask: np.ndarray) -> np.ndarray:
    """Removes printed boxes, tables and underlines from a mask; strokes across them stay whole.

    mask: (H, W) uint8 0 or 1, not modified. Candidates are components that enclose several others, have ink along all
    four sides, or are as wide as several digits. Lines are removed from a candidate if they are straight, run along
    most of it and leave something.
    """
    mask = mask.copy()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    enclosing = enclosing_components(stats, mask.shape)
    thickness, examined = max_line_thickness(mask.shape), 0
    large = stats[:, 2:4].max(axis=1) > 2 * SPECK_SHARE * max(mask.shape)
    large = np.flatnonzero(large & ~at_edge(stats, mask.shape))  # 0, the paper, lies at the edge
    for label in large[np.argsort(-stats[large, 2] * stats[large, 3])].tolist():
        x, y, width, height = stats[label, :4]
        crop = slice(y, y + height), slice(x, x + width)
        part = (labels[crop] == label).astype(np.uint8)
        wide = width > (UNDERLINE_ASPECT if label in enclosing else UNDERLINED_ROW_ASPECT) * height
        if examined < MAX_TABLES and (enclosing.get(label) or wide or _is_box(part, thickness)):
            examined += 1
            rest = _remove_borders(part, thickness, wide)
            # The bar of a 5 is a line itself: removing it would leave no more than its end.
            min_height = max(MIN_SINGLE_CONTENT_SHARE * height, 2 * thickness, 2 * stroke_width(part))
            if label in enclosing or _max_component_height(rest) > min_height:
                mask[crop] ^= part ^ rest
    return mask


def max_line_thickness(page: tuple[int, int]) -> float:
    """Returns the maximum thickness of a printed line on a page (height, width), in pixels."""
    return max(MIN_MAX_LINE_THICKNESS_PX, MAX_LINE_THICKNESS_SHARE * max(page))


def find_lines(mask: np.ndarray, max_thickness: float, min_shares: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the level and the upright lines of a mask, without strokes across them: (H, W) bool.

    max_thickness: in pixels. min_shares: of the height (upright lines) and of the width (level lines) that a line
    covers at least. Paper within a narrow band around a line counts as line, too.
    """
    upright = _level_lines(np.ascontiguousarray(mask.T), max_thickness, min_shares[0]).T
    return _level_lines(mask, max_thickness, min_shares[1]), upright


def _level_lines(mask: np.ndarray, max_thickness: float, min_share: float) -> np.ndarray:
    """Returns the long level lines of a mask, without strokes that cross them, (H, W) bool.

    Candidates come from a Hough transform; each is checked along its whole length.
    """
    width = mask.shape[1]
    runs = _run_lengths(mask)
    thin = (runs > 0) & (runs <= max_thickness)
    flat = thin & (_run_lengths(mask.T).T >= MIN_FLAT_RUN_PX)  # leaves out the million upright pixels of print
    max_turn = np.radians(MAX_TURN_DEGREES)
    candidates = cv2.HoughLines(
        flat.astype(np.uint8),
        1,
        ANGLE_STEP_RADIANS,
        round(MIN_FULL_THIN_SHARE * width),
        min_theta=np.pi / 2 - max_turn,
        max_theta=np.pi / 2 + max_turn,
    )
    band, probes = np.zeros_like(mask), np.array([0, width // 2, width - 1])
    # OpenCV returns the likeliest candidates first.
    for distance, angle in [] if candidates is None else candidates[:MAX_LINE_CANDIDATES, 0].astype(float):
        start, slope = distance / np.sin(angle), -1 / np.tan(angle)
        rows = np.round(start + slope * probes).astype(int).clip(0, len(mask) - 1)
        if band[rows, probes].all():
            continue  # the same line, slightly shifted, is found already
        if _is_line(_along(mask, start, slope), _along(thin, start, slope), min_share):
            end = round(start + slope * (width - 1))
            cv2.line(band, (0, round(start)), (width - 1, end), 1, 2 * RULING_STRAIGHTNESS_PX + 1)
    along = runs[thin & (band > 0)]
    return (band > 0) & (runs <= np.quantile(along, 0.8) + 1) if len(along) else np.zeros(mask.shape, bool)


def _is_line(inked: np.ndarray, thin: np.ndarray, min_share: float) -> bool:
    """Returns True if a straight line across a mask is printed.

    inked, thin: (W,) bool, the columns where it has ink, and where that ink is thin.
    """
    if inked.mean() >= FULL_RULING_SHARE:
        return bool(thin.mean() >= MIN_FULL_THIN_SHARE)
    gap = np.ones(round(MAX_GAP_SHARE * len(inked)) | 1, np.uint8)
    closed = cv2.morphologyEx(inked[None].astype(np.uint8), cv2.MORPH_CLOSE, gap[None])[0]
    ends = np.flatnonzero(np.diff(closed, prepend=0, append=0))
    start, stop = max(zip(ends[::2], ends[1::2], strict=True), key=lambda stretch: stretch[1] - stretch[0])
    return bool(stop - start >= min_share * len(inked) and thin[start:stop].mean() >= MIN_THIN_SHARE)


def _along(mask: np.ndarray, start: float, slope: float) -> np.ndarray:
    """Returns the columns where a mask has ink within a pixel of a straight line, (W,) bool."""
    columns = np.arange(mask.shape[1])
    rows = np.round(start + slope * columns).astype(int) + np.array([[-1], [0], [1]])
    return np.asarray(mask[rows.clip(0, len(mask) - 1), columns].any(axis=0))


def _run_lengths(mask: np.ndarray) -> np.ndarray:
    """Returns the length of each pixel's vertical run in a mask, (H, W) int32; 0 outside the mask."""
    height, width = mask.shape
    flat = np.zeros((width, height + 1), np.int8)  # column by column, with a gap after each
    flat[:, :height] = mask.T
    steps = np.diff(flat.ravel(), prepend=0)
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    lengths = np.zeros(flat.size, np.int32)
    lengths[flat.ravel() > 0] = np.repeat(stops - starts, stops - starts)
    return lengths.reshape(flat.shape)[:, :height].T


def _remove_borders(part: np.ndarray, thickness: float, wide: bool) -> np.ndarray:
    """Returns a component (height, width) without the lines along most of it; unchanged if it is no table.

    A table has lines both ways. A wide component needs level lines only.
    """
    max_thickness = max(thickness, min(MAX_PEN_LINE_STROKES * stroke_width(part), MAX_PEN_LINE_RATIO * thickness))
    level, upright = find_lines(part, max_thickness, (MIN_BORDER_SHARE, MIN_BORDER_SHARE))
    if not level.any() or not (upright.any() or wide):
        return part
    return np.where(level | upright, 0, part).astype(np.uint8)


def _is_box(part: np.ndarray, thickness: float) -> bool:
    """Returns True if a component (height, width) has ink along each of its four sides, tilted or not."""
    depths = [round(min(thickness, 0.1 * side) + MAX_TILT_SHARE * side) for side in part.shape[::-1]]
    sides = part[: depths[0]], part[-depths[0] :], part[:, : depths[1]].T, part[:, -depths[1] :].T
    return all(side.any(axis=0).mean() > MIN_BOX_SIDE_SHARE for side in sides)


def _max_component_height(mask: np.ndarray) -> int:
    """Returns the height of the highest component of a mask, in pixels; 0 for an empty mask."""
    return int(cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:, 3].max(initial=0))
