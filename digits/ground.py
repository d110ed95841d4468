"""What is written on: paper or a board, and where in the picture it lies."""

from functools import reduce

import cv2
import numpy as np

FINE = 320  # pixels of the longer side, at which all here is told: in less, fine squares make a grey with light spots
RIM = 0.15  # of each side
EVEN, LEVEL = 0.9, 12  # a rim is even where such a share of it lies so close to its middle level
TELLING = 0.1  # levels, on average: ink on so little of a page tells that it is ink
LITTLE = 0.01  # levels, on average: where no more is lighter, what is darker is ink
MOSTLY_DARK, MOSTLY_LIGHT = 80, 128  # levels of the middle pixel: a board, a sheet
SHEET, NOTE = 0.3, 0.15  # of the longer side: no stroke is so wide · nor is a note beside a sheet less wide
WHOLE, SQUARE = 0.82, 0.88  # of a rectangle: a sheet fills so much of it, be it seen aslant · a board: a 0 fills less
BARE, BOARD = 0.6, 0.3  # of a sheet: digits leave so much of it as it is · of a picture: so much is a board on a wall
HOLE = 0.08  # of a board: no stroke on it covers so much, and what is in a 0 covers more
EDGED = 0.8  # of an outline: such a share is steep, and less where a shadow ends
RAGGED, FRAMED = 2, 8  # pixels of FINE: so far goes an edge into a sheet, and a frame around it


def ground(channels: list[np.ndarray]) -> tuple[bool, np.ndarray | None]:
    """Tell whether it is a board, darker than its ink, and where it lies if there is something else around it.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. Where: a mask uint8 0 or 1, of less than their size.
    """
    small = reduced(reduce(np.maximum, channels) // 2 + reduce(np.minimum, channels) // 2, FINE)
    level = int(np.median(_edge(small)))
    darker = small < level - 2 * LEVEL
    board = _rectangles(darker, small, SQUARE)
    if board is not None and board.mean() > BOARD and _lightness(small, board) > 0 and not _is_ring(darker, board):
        return True, board
    sheet = _rectangles(small > level + 4 * LEVEL, small, WHOLE)
    if sheet is None:
        return _is_board(small, level), None
    on, around = _lightness(small, sheet), _lightness(small, 1 - cv2.dilate(sheet, _square(FRAMED)))
    if max(on, on + around) > 0:  # the part of a board on which no shadow falls, or a window beside one
        return _is_board(small, level), None
    # Where about as much is written around it, it is what a shadow leaves of a page.
    return _is_board(small, level, sheet=True), sheet if 2 * around >= on else None


def reduced(channel: np.ndarray, side: int) -> np.ndarray:
    """A channel (H, W), its longer side of so many pixels at most."""
    scale = side / max(channel.shape)
    if scale >= 1:
        return channel
    size = [max(1, round(length * scale)) for length in reversed(channel.shape)]
    return cv2.resize(channel, size, interpolation=cv2.INTER_AREA)


def _edge(small: np.ndarray) -> np.ndarray:
    return np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]]).astype(int)


def _is_board(small: np.ndarray, level: int, sheet: bool = False) -> bool:
    """Whether the ink is lighter than what it is on. level: of the edge · sheet: whether one lies in the picture."""
    # Where the table may be, and not the ink; of a strip it leaves something.
    rim = [min(max(1, round(RIM * side)), (side - 1) // 2) for side in small.shape]
    inner = slice(rim[0], small.shape[0] - rim[0]), slice(rim[1], small.shape[1] - rim[1])
    away = _standing_out(small)
    if np.mean(np.abs(_edge(small) - level) < LEVEL) > EVEN:
        # A dark rim is a board's, unless a sheet of paper or a note lies on it, or it is paper in the dark, on which
        # hardly anything is lighter.
        light, dark = _lighter_and_darker(away[inner])
        return level < MOSTLY_LIGHT and not light < LITTLE < dark and not sheet
    middle = np.median(small[inner])
    for part in (away[inner], away):  # all of it where the ink is near the rim
        light, dark = _lighter_and_darker(part)
        light *= 3 if middle < MOSTLY_DARK else 1
        dark *= 3 if middle > MOSTLY_LIGHT else 1
        if light + dark > TELLING:
            break
    return light > dark


def _rectangles(part: np.ndarray, small: np.ndarray, filled: float) -> np.ndarray | None:
    """A sheet, notes or a board in a part (H, W) bool of a picture: large rectangles, filled so far, and nothing else.

    Returns their mask (H, W) uint8 without holes, and without the edge. What ends softly is in a shadow, or is lit.
    """
    mask = cv2.medianBlur(part.astype(np.uint8), 5)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    sides = [cv2.minAreaRect(outline)[1] for outline in outlines]
    if max(map(min, sides), default=0) <= SHEET * max(mask.shape):
        return None
    whole = np.zeros_like(mask)
    for outline, (across, down) in zip(outlines, sides, strict=True):
        if min(across, down) > NOTE * max(mask.shape) and cv2.contourArea(outline) > filled * across * down:
            cv2.fillConvexPoly(whole, cv2.convexHull(outline), 1)
    inside = (mask & whole).sum()
    if inside <= BARE * whole.sum() or mask.sum() - inside > (1 - filled) * whole.sum():
        return None
    rim = whole > cv2.erode(whole, _square(1), borderValue=1)
    if not rim.any() or _steep(small)[rim].mean() < EDGED:
        return None
    return cv2.erode(whole, _square(RAGGED), borderValue=1)


def _steep(small: np.ndarray) -> np.ndarray:
    """Where a picture (H, W) changes within two pixels as it does at the edge of a thing: uint8 0 or 1."""
    across, down = (cv2.Sobel(small, cv2.CV_32F, right, 1 - right, scale=1 / 8) for right in (1, 0))
    return cv2.dilate((np.hypot(across, down) > LEVEL).astype(np.uint8), _square(2))


def _is_ring(darker: np.ndarray, board: np.ndarray) -> bool:
    """Whether what seems to be a board (a mask), darker (H, W) bool than the rest, is an angular 0 by a thick pen."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((board & ~darker).astype(np.uint8))
    return bool(stats[1:, cv2.CC_STAT_AREA].max(initial=0) > HOLE * board.sum())


def _lightness(small: np.ndarray, place: np.ndarray) -> float:
    """By how many levels, on average, what is written at a place (a mask) is lighter than that; below 0 if darker."""
    if not place.any():
        return 0.0
    there = place > 0
    light, dark = _lighter_and_darker(_standing_out(np.where(there, small, np.median(small[there])).astype(np.uint8)))
    return light - dark


def _standing_out(small: np.ndarray) -> np.ndarray:
    """How many levels lighter each pixel of a picture (H, W) uint8 is than the usual around it; below 0 if darker."""
    return small.astype(np.float32) - cv2.medianBlur(small, max(3, max(small.shape) // 4 | 1))


def _lighter_and_darker(away: np.ndarray) -> tuple[float, float]:
    """How many levels, on average, of what is clearly lighter than the usual around it, and of what is darker."""
    return float(np.maximum(away - LEVEL, 0).mean()), float(np.maximum(-away - LEVEL, 0).mean())


def _square(reach: int) -> np.ndarray:
    """All pixels that are no further away than so many, for OpenCV's morphology."""
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
