"""The printed lines of ruled and squared paper, taken away from the handwriting that crosses them."""

from collections.abc import Sequence

import cv2
import numpy as np

from digits.segmentation.measures import STRIP

# Shares of the page's side that a line runs along:
LONG = 0.5  # a line is so long: no thin stroke of a digit is
GAP = 0.04  # it may be too pale for so long
THERE = 0.6  # and is seen for so much of its length, or it is a row of small digits
ACROSS = 0.95  # where it is inked for so long, it is a line even if digits hide most of it: no row of digits is
HIDDEN = 0.25  # so much of it has to be seen then

STEEPEST = 12  # degrees: a page is turned no further
THICKEST = 0.006  # of the page's longer side, and 3 pixels at least
LYING = 8  # pixels of a line that lie side by side, at least, be it turned
NEAR = 3  # pixels: a line is this straight, at least
MOST = 2000  # ways across that are looked at: a squared sheet has some 500, cloth and wood any number


def remove_rulings(mask: np.ndarray, faint: np.ndarray) -> np.ndarray:
    """A mask (H, W) uint8 0 or 1 without the long, thin, straight lines that run level or upright across the page.

    faint: the mask of all that is darker than paper, in which pale lines show from end to end. Strokes that cross a
    line stay whole: along it, only what is no thicker than the line goes. Where nothing but lines is on the page, they
    stay: it may be a 1. Source: as staff lines are removed from music; Dalitz, Droettboom, Pranzas, Fujinaga: A
    Comparative Study of Staff Removal Algorithms, 2008.
    """
    # In a narrow page a digit may be as long as that: there a line has to go all across.
    level, upright = find_lines(
        faint,
        max_line_thickness(mask.shape),
        [LONG if side > STRIP * max(mask.shape) else np.inf for side in mask.shape],
    )
    without = np.where(level | upright, 0, mask).astype(np.uint8)
    return without if without.any() else mask


def max_line_thickness(page: tuple[int, int]) -> float:
    """How thick a printed line may be on a page (height, width), in pixels."""
    return max(3, THICKEST * max(page))


def find_lines(mask: np.ndarray, thickest: float, long: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Where a mask has level lines, and where upright ones, and nothing that crosses them: both (H, W) bool.

    thickest: in pixels. long: what share of the height and of the width they have to run along.
    """
    upright = _level_lines(np.ascontiguousarray(mask.T), thickest, long[0]).T
    return _level_lines(mask, thickest, long[1]), upright


def _level_lines(mask: np.ndarray, thickest: float, long: float) -> np.ndarray:
    """Where a mask has long level lines and nothing that crosses them, (H, W) bool."""
    width = mask.shape[1]
    runs = _run_lengths(mask)
    thin = (runs > 0) & (runs <= thickest)
    lying = thin & (_run_lengths(mask.T).T >= LYING)  # a page of print has a million pixels that stand
    steepest = np.radians(STEEPEST)
    found = cv2.HoughLines(
        lying.astype(np.uint8),
        1,
        np.pi / 1440,
        round(HIDDEN * width),
        min_theta=np.pi / 2 - steepest,
        max_theta=np.pi / 2 + steepest,
    )
    band, places = np.zeros_like(mask), np.array([0, width // 2, width - 1])
    for distance, angle in [] if found is None else found[:MOST, 0].astype(float):  # the likeliest come first
        start, slope = distance / np.sin(angle), -1 / np.tan(angle)
        rows = np.round(start + slope * places).astype(int).clip(0, len(mask) - 1)
        if band[rows, places].all():
            continue  # it is found already, by a hair's breadth elsewhere
        if _is_line(_along(mask, start, slope), _along(thin, start, slope), long):
            cv2.line(band, (0, round(start)), (width - 1, round(start + slope * (width - 1))), 1, 2 * NEAR + 1)
    along = runs[thin & (band > 0)]
    return (band > 0) & (runs <= np.quantile(along, 0.8) + 1) if len(along) else np.zeros(mask.shape, bool)


def _is_line(inked: np.ndarray, seen: np.ndarray, long: float) -> bool:
    """Whether a way across is a printed line: where it is inked, and where thinly, both (W,) bool."""
    if inked.mean() >= ACROSS:
        return bool(seen.mean() >= HIDDEN)
    gap = np.ones(round(GAP * len(inked)) | 1, np.uint8)
    whole = cv2.morphologyEx(np.uint8(inked)[None], cv2.MORPH_CLOSE, gap[None])[0]
    ends = np.flatnonzero(np.diff(whole, prepend=0, append=0))
    start, stop = max(zip(ends[::2], ends[1::2], strict=True), key=lambda stretch: stretch[1] - stretch[0])
    return bool(stop - start >= long * len(inked) and seen[start:stop].mean() >= THERE)


def _along(mask: np.ndarray, start: float, slope: float) -> np.ndarray:
    """In which columns a mask (H, W) has something on a line, or a pixel above or below it, (W,) bool."""
    columns = np.arange(mask.shape[1])
    rows = np.round(start + slope * columns).astype(int) + np.array([[-1], [0], [1]])
    return mask[rows.clip(0, len(mask) - 1), columns].any(axis=0)


def _run_lengths(mask: np.ndarray) -> np.ndarray:
    """For each marked pixel, how many marked ones stand in one piece above and below it, itself included; else 0."""
    height, width = mask.shape
    flat = np.zeros((width, height + 1), np.int8)  # column by column, with a gap between two
    flat[:, :height] = mask.T
    steps = np.diff(flat.ravel(), prepend=0)
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    lengths = np.zeros(flat.size, np.int32)
    lengths[flat.ravel() > 0] = np.repeat(stops - starts, stops - starts)
    return lengths.reshape(flat.shape)[:, :height].T
