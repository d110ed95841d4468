"""A photo's light, taken away: what is left is ink on even paper.

A lamp, a shadow and the warm white of a bulb brighten and darken paper and ink alike. So the bare paper is estimated
under every pixel, and ink is how much darker than that a pixel is, as a share.
"""

from functools import reduce

import cv2
import numpy as np

COARSE = 512  # pixels of the longer side, at which light is estimated: it changes slowly
FINE = 320  # and at which a board is told from paper: in less, fine squares make a grey with light spots in it
SMALLEST = 280  # pixels of the longer side
NARROWEST = 8  # and of the shorter one: there is no room for a digit in less
FAINTEST = 0.1  # ink takes at least this share of the paper's light
NOISE_SIGMAS = 4.5  # and stands out this far above the paper's grain
WIDEST = 0.2  # of the longer side: no stroke is wider
RIM = 0.15  # of each side
EVEN, LEVEL = 0.9, 12  # a rim is even where such a share of it lies so close to its middle level
TELLING = 0.1  # levels, on average: ink on so little of a page tells that it is ink
LITTLE = 0.01  # levels, on average: where no more is lighter, what is darker is ink
SHEET, NOTE = 0.3, 0.15  # of the longer side: no stroke is so wide · nor is a note beside a sheet less wide
WHOLE, SQUARE = 0.82, 0.88  # of a rectangle: a sheet fills so much of it, be it seen aslant · a board: a 0 fills less
HOLE = 0.08  # of a board: no stroke on it covers so much, and what is in a 0 covers more
BARE, BOARD = 0.6, 0.3  # of a sheet: digits leave so much of it as it is · of a picture: so much is a board on a wall
STRONG = 0.97  # of all ink: so much is no stronger than a strong stroke
EDGED, RAGGED = 0.8, 2  # such a share of a sheet's outline is steep, that of a shadow is not · in pixels of FINE
MOSTLY_DARK, MOSTLY_LIGHT = 80, 128  # levels of the middle pixel: a board, a sheet


def flattened(channels: list[np.ndarray]) -> np.ndarray:
    """The ink of a photo, whatever its light: (H, W) float32, the share of the paper's light that each pixel lacks.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. Chalk on a board is ink too. What is no more than
    the grain of the paper is 0; the rest is as strong as it is, ballpoint near 0.8, pencil near 0.4. A small picture
    is enlarged: finding the ink of a digit needs more pixels than reading it.
    """
    scale = SMALLEST / max(channels[0].shape)
    if scale > 1:
        channels = [cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) for part in channels]
    if min(channels[0].shape) < NARROWEST:
        return np.zeros(channels[0].shape, np.float32)
    board, sheet = _ground(channels)
    if board:
        channels = [255 - channel for channel in channels]
    ink = reduce(_larger, map(_lacking, channels))
    ink = cv2.GaussianBlur(ink, (0, 0), 0.7)  # half of the grain, and nothing of a stroke
    ink -= np.quantile(ink[::2, ::2], 0.3)  # paper even where half of the picture is ink
    ink[ink < max(FAINTEST, NOISE_SIGMAS * _grain(ink))] = 0
    if sheet is not None:
        # Beyond it lies the table, or a wall: one thing with its frame, which reaches to the edge and so is no digit.
        inside = cv2.resize(sheet, ink.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        strokes = ink[inside & (ink > 0)]
        ink[~inside] = np.quantile(strokes, STRONG) if len(strokes) else 0
    return ink


def _larger(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The larger of each two numbers, written over the first ones: a page has two million of them."""
    return np.maximum(one, other, out=one)


def _grain(ink: np.ndarray) -> float:
    """The standard deviation of the paper's noise, from pixels two apart: few of them have an edge in between."""
    return float(np.median(np.abs(ink[::2, 2:] - ink[::2, :-2]))) / 0.954


def _ground(channels: list[np.ndarray]) -> tuple[bool, np.ndarray | None]:
    """What is written on: whether it is a board, darker than its ink, and where it lies if there is more around it.

    Where: a mask uint8 0 or 1, of less than the picture's size.
    """
    small = _reduced(reduce(np.maximum, channels) // 2 + reduce(np.minimum, channels) // 2, FINE)
    # Where the table may be, and not the ink; of a strip it leaves something.
    rim = [min(max(1, round(RIM * side)), (side - 1) // 2) for side in small.shape]
    inner = slice(rim[0], small.shape[0] - rim[0]), slice(rim[1], small.shape[1] - rim[1])
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]]).astype(int)
    level = int(np.median(edge))
    dark = small < level - 2 * LEVEL
    board = _sheet(dark, small, SQUARE)
    if board is not None and board.mean() > BOARD and _lightness(small, board) > 0 and not _is_ring(dark, board):
        return True, board
    sheet = _sheet(small > level + 4 * LEVEL, small, WHOLE)
    alone = None
    if sheet is not None:
        on, around = _lightness(small, sheet), _lightness(small, _beyond(sheet))
        if max(on, on + around) > 0:
            sheet = None  # the part of a board on which no shadow falls, or a window beside one
        elif 2 * around >= on:
            alone = sheet  # and not what a shadow leaves of a page, where as much is written around it
    away = small.astype(np.float32) - cv2.medianBlur(small, max(3, max(small.shape) // 4 | 1))
    if np.mean(np.abs(edge - level) < LEVEL) > EVEN:
        # A dark rim is a board's, unless a sheet of paper or a note lies on it, or it is paper in the dark, on which
        # hardly anything is lighter.
        light, dark = _lighter_and_darker(away[inner])
        return level < MOSTLY_LIGHT and not light < LITTLE < dark and sheet is None, alone
    middle = np.median(small[inner])
    for part in (away[inner], away):  # all of it where the ink is near the rim
        light, dark = _lighter_and_darker(part)
        light *= 3 if middle < MOSTLY_DARK else 1
        dark *= 3 if middle > MOSTLY_LIGHT else 1
        if light + dark > TELLING:
            break
    return light > dark, alone


def _is_ring(dark: np.ndarray, board: np.ndarray) -> bool:
    """Whether what seems to be a board (a mask), dark (H, W) bool, is an angular 0 by a thick pen."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((board & ~dark).astype(np.uint8))
    return bool(stats[1:, cv2.CC_STAT_AREA].max(initial=0) > HOLE * board.sum())


def _beyond(sheet: np.ndarray) -> np.ndarray:
    """What lies around a sheet, without its frame; masks (H, W) uint8 0 or 1."""
    return 1 - cv2.dilate(sheet, np.ones((8 * RAGGED + 1, 8 * RAGGED + 1), np.uint8))


def _lightness(small: np.ndarray, ground: np.ndarray) -> float:
    """By how many levels, on average, that is lighter than a ground (a mask) which stands on it; below 0 if darker."""
    if not ground.any():
        return 0.0
    alone = np.where(ground > 0, small, np.median(small[ground > 0])).astype(np.uint8)
    away = alone.astype(np.float32) - cv2.medianBlur(alone, max(3, max(small.shape) // 4 | 1))
    light, dark = _lighter_and_darker(away)
    return light - dark


def _sheet(part: np.ndarray, small: np.ndarray, filled: float) -> np.ndarray | None:
    """A sheet of paper, notes or a board in a part (H, W) bool of a picture: large rectangles, `filled`, and no more.

    Returns their mask (H, W) uint8 without holes, and without the edge. What ends softly is in a shadow, or is lit.
    """
    mask = cv2.medianBlur(part.astype(np.uint8), 5)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    sides = [min(cv2.minAreaRect(outline)[1]) / max(mask.shape) for outline in contours]
    if max(sides, default=0) <= SHEET:
        return None
    whole = np.zeros_like(mask)
    for outline, side in zip(contours, sides, strict=True):
        if side > NOTE and cv2.contourArea(outline) > filled * np.prod(cv2.minAreaRect(outline)[1]):
            cv2.fillConvexPoly(whole, cv2.convexHull(outline), 1)
    if (mask & whole).sum() <= BARE * whole.sum() or mask.sum() - (mask & whole).sum() > (1 - filled) * whole.sum():
        return None
    across, down = (cv2.Sobel(small, cv2.CV_32F, right, 1 - right, scale=1 / 8) for right in (1, 0))
    steep = cv2.dilate((np.hypot(across, down) > LEVEL).astype(np.uint8), np.ones((5, 5), np.uint8))
    rim = whole > cv2.erode(whole, np.ones((3, 3), np.uint8), borderValue=1)
    if not rim.any() or steep[rim].mean() < EDGED:
        return None
    return cv2.erode(whole, np.ones((2 * RAGGED + 1, 2 * RAGGED + 1), np.uint8), borderValue=1)


def _lighter_and_darker(away: np.ndarray) -> tuple[float, float]:
    """How many levels, on average, of what is clearly lighter than the usual around it, and of what is darker."""
    return float(np.maximum(away - LEVEL, 0).mean()), float(np.maximum(-away - LEVEL, 0).mean())


def _lacking(channel: np.ndarray) -> np.ndarray:
    """The share of the paper's light that each pixel lacks, (H, W) float32, below 0 where it has more."""
    small = cv2.medianBlur(_reduced(channel, COARSE), 3)
    paper = _closed(small, WIDEST * max(small.shape))
    stroke = _stroke_width(1 - small / np.maximum(paper, 1))
    if stroke:  # with the strokes known, a window that follows shadows closely
        paper = _closed(small, 4 * stroke + 9)
    # In place from here on, as the arithmetic needs no more room than its result.
    lacking = cv2.resize(paper, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.maximum(lacking, 8, out=lacking)
    np.divide(channel, lacking, out=lacking)
    return np.subtract(1, lacking, out=lacking)


def _reduced(channel: np.ndarray, side: int) -> np.ndarray:
    scale = side / max(channel.shape)
    if scale >= 1:
        return channel
    size = [max(1, round(length * scale)) for length in reversed(channel.shape)]
    return cv2.resize(channel, size, interpolation=cv2.INTER_AREA)


def _closed(channel: np.ndarray, window: float) -> np.ndarray:
    """The channel without its dark parts narrower than a window, a little smoothed: the paper's level, float32."""
    side = int(window) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(channel, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    # A wide blur is as good, and quick, on a small picture; of a strip something must be left.
    shrunk = max(1, min(int(window / 12), *channel.shape))
    small = cv2.resize(closed, None, fx=1 / shrunk, fy=1 / shrunk, interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.GaussianBlur(small, (0, 0), window / 4 / shrunk)
    return cv2.resize(smooth, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _stroke_width(lacking: np.ndarray) -> float:
    """The width of most strokes in pixels, 0 where there are none."""
    strong = lacking[lacking > FAINTEST]
    if not len(strong):
        return 0.0
    mask = (lacking > max(FAINTEST, 0.5 * np.quantile(strong, 0.95))).astype(np.uint8)
    return stroke_width(mask)


def stroke_width(mask: np.ndarray) -> float:
    """The width of most strokes of a mask (H, W) uint8 0 or 1, in pixels; 0 for an empty one."""
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)  # beyond the page is no ink
    ridge = (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)))
    return float(2 * np.median(depth[ridge]) - 0.5) if ridge.any() else 0.0
