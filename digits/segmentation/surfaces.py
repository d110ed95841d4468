"""Sheets, notes and boards in a picture, with other things around them."""

from dataclasses import dataclass

import cv2
import numpy as np

from digits.segmentation.measures import along_edge, extend_from

NOTE = 0.15  # of the longer side: no surface is less wide
SLOPES = 6, 12, 24  # levels for a pixel: flatter is one surface; an edge may be as faint, a table's grain as rough
FILLED, STRAIGHT = 0.9, 0.95  # of its convex hull: a surface fills so much of it, and so do its straight sides
MOST = 6  # sides: two corners may be folded, or a pen lie over them; a 0 has more
LEEWAY = 0.01  # of its outline's length: straight sides lie so close to it
BAR = 3  # pixels along the picture's edge that are no surface's: no way out there around a corner
INSIDE, NEAR, BEYOND = 3, 5, 14  # pixels from an edge: on a surface · on its frame · where no frame is any more
OTHER, EDGED = 0.1, 0.8  # levels differ by such a share · along so much of an outline
ENOUGH = 10  # places at which an outline is seen
HOLE, ROUND = 0.08, 0.85  # of a board: what a 0 has in it is larger · of its convex hull: and fills so much of that
SHADED = 0.35  # of the light: no shadow leaves less
AROUND, BESIDE = 0.5, 0.05  # of what is written on a surface: what is around it bears less · beside a frame, hardly any
RAGGED = 2  # pixels: so far into a sheet goes its edge
STROKES, CLEAR = 41, 12  # pixels: of so many, strokes are the lesser part · levels: and stand out so far
FRAMING = 0.02  # of what is written on a surface: a frame around it bears less
PART, SHARED = 0.02, 0.3  # of the picture: a frame leaves less · of its outline: a part of a sheet shares so much of it


@dataclass(frozen=True)
class Surface:
    """Something to write on that has something else around it.

    `mask`: where, (H, W) uint8 0 or 1, without the edge · `lighter`: 1, lighter than what is around; −1, darker; 0, as
    light, but in a frame · `ink`: levels, summed up, of what is written on it, above 0 if that is lighter than it.
    """

    mask: np.ndarray
    lighter: int
    ink: float


def find_surfaces(small: np.ndarray) -> list[Surface]:
    """Every surface in a picture (H, W) uint8 of some 320 pixels on which something is written.

    It is flat, or flat with strokes on it, and its outline is sharp and has few straight sides, of which some may lie
    beyond the picture. A shadow has no sharp outline.
    """
    if min(small.shape) <= NOTE * max(small.shape):
        return []
    soft = cv2.medianBlur(small, 5)
    slope = np.hypot(*(cv2.Sobel(soft, cv2.CV_32F, right, 1 - right, scale=1 / 8) for right in (1, 0)))
    slope = np.pad(slope[BAR:-BAR, BAR:-BAR], BAR, constant_values=np.inf)
    found = []
    for limit in SLOPES:
        _, labels, stats, _ = cv2.connectedComponentsWithStats((slope <= limit).astype(np.uint8), connectivity=4)
        for label, (_, _, width, height, _) in enumerate(stats[1:], 1):
            if min(width, height) > NOTE * max(small.shape):
                surface = _surface((labels == label).astype(np.uint8), small, soft)
                found += [surface] if surface and surface.ink else []
    return _without_frames(found, small)


def _surface(part: np.ndarray, small: np.ndarray, soft: np.ndarray) -> Surface | None:
    """A flat part (a mask) of a picture as a surface, if it is one."""
    outline = max(cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0], key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    sides = _sides(outline, hull, small.shape)
    if not 1 <= len(sides) <= MOST:
        return None
    middle = hull[:, 0].mean(axis=0)
    on, near, beyond = np.concatenate([_across(soft, side, middle) for side in sides], axis=1)
    lighter = _lighter(on, beyond)
    if len(on) < ENOUGH or not (lighter or _lighter(on, near)):
        return None
    mask = cv2.fillConvexPoly(np.zeros_like(small), hull, 1)
    ink = _written(small, _smaller(mask, 2 * INSIDE))
    levels = float(np.median(on)), float(np.median(beyond))
    if lighter and not _at_edge(lighter, levels[0], small, mask):
        return None
    if lighter < 0 and _is_ring(mask, soft, levels[1]):
        return None
    # What a sharp shadow leaves of a page, or a box on a page, has as much written around it.
    if min(levels) > SHADED * max(levels) and _around(small, mask, ink) > (AROUND if lighter else BESIDE):
        return None
    return Surface(_smaller(mask, RAGGED), lighter, ink)


def _sides(outline: np.ndarray, hull: np.ndarray, shape: tuple[int, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The sides of an outline, from x, y to x, y, that do not lie along the picture's edge; none if it has hollows."""
    straight = cv2.approxPolyDP(hull, LEEWAY * cv2.arcLength(hull, True), True)
    area = cv2.contourArea(hull)
    if min(cv2.minAreaRect(hull)[1]) < NOTE * max(shape):
        return []
    if cv2.contourArea(outline) < FILLED * area or cv2.contourArea(straight) < STRAIGHT * area:
        return []
    corners = straight[:, 0]
    at_edge = np.concatenate([corners <= BAR + 2, corners >= np.array(shape[::-1]) - BAR - 3], axis=1)
    free = ~(at_edge & np.roll(at_edge, -1, axis=0)).any(axis=1)
    return list(zip(corners[free], np.roll(corners, -1, axis=0)[free], strict=True))


def _across(small: np.ndarray, side: tuple[np.ndarray, np.ndarray], middle: np.ndarray) -> np.ndarray:
    """The levels at places along a side: on the surface, near to the side beyond it, and further beyond: (3, n)."""
    start, end = side
    along = (end - start).astype(float)
    out = np.array([along[1], -along[0]]) / np.linalg.norm(along)
    out *= np.sign(((start + end) / 2 - middle) @ out)
    count = int(np.linalg.norm(along) / 2)
    at = start + (np.arange(count)[:, None] + 0.5) / max(1, count) * along
    points = np.rint(at + out * np.array([-INSIDE, NEAR, BEYOND])[:, None, None]).astype(int)
    seen = ((points >= 0) & (points < np.array(small.shape[::-1]))).all(axis=(0, 2))
    x, y = points[:, seen].transpose(2, 0, 1)
    return small[y, x].astype(float)


def _lighter(on: np.ndarray, other: np.ndarray) -> int:
    """Whether levels on a surface are lighter than others, 1, or darker, −1, nearly everywhere; 0: they are not."""
    away = (on - other) / np.maximum(np.maximum(on, other), 1)
    return next((sign for sign in (1, -1) if np.sum(sign * away > OTHER) > EDGED * len(on)), 0)


def _at_edge(lighter: int, level: float, small: np.ndarray, mask: np.ndarray) -> bool:
    """Whether a surface differs in the same way from what is at the picture's edge: beyond a 0 lies more paper."""
    edge = along_edge(small)[along_edge(mask) == 0]
    return len(edge) > 0 and (level - np.median(edge)) * lighter > 0


def _is_ring(mask: np.ndarray, soft: np.ndarray, beyond: float) -> bool:
    """Whether a dark surface is an angular 0 by a thick pen: what is in it is like what is beyond it."""
    hole = (mask & (np.abs(soft - beyond) < OTHER * beyond)).astype(np.uint8)
    for outline in cv2.findContours(hole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        area = cv2.contourArea(outline)
        if area > HOLE * mask.sum() and area > ROUND * cv2.contourArea(cv2.convexHull(outline)):
            return True
    return False


def _around(small: np.ndarray, mask: np.ndarray, ink: float) -> float:
    """How much is written around a surface for each pixel, as a share of what is written on it; below 0: otherwise."""
    around = 1 - cv2.dilate(mask, _square(BEYOND))
    return float(_written(small, around) / max(1, around.sum()) * mask.sum() / ink) if ink else 0.0


def _written(small: np.ndarray, place: np.ndarray) -> float:
    """Levels, summed up over a place (a mask), of what is lighter there than the usual around it, less what is darker.

    Among the pixels of a window, strokes are the lesser part, and a shadow's edge stays where it is.
    """
    there = place > 0
    if not there.any():
        return 0.0
    away = (small - cv2.medianBlur(extend_from(small, place), STROKES).astype(np.float32))[there]
    return float(np.maximum(away - CLEAR, 0).sum() - np.maximum(-away - CLEAR, 0).sum())


def _without_frames(found: list[Surface], small: np.ndarray) -> list[Surface]:
    """Of surfaces that lie in each other the smallest: the larger is its frame, or what it lies on.

    But it is the larger one if something is written on the rest of that, or if the smaller one is only a part of it,
    up to where a shadow falls.
    """
    kept: list[Surface] = []
    for surface in sorted(found, key=lambda surface: surface.mask.sum()):
        within = [other for other in kept if (other.mask & surface.mask).sum() > 0.9 * other.mask.sum()]
        rest = surface.mask.copy()
        for other in within:
            rest &= 1 - cv2.dilate(other.mask, _square(BEYOND))
        written = abs(_written(small, rest)) > FRAMING * abs(surface.ink)
        if not within or written or (rest.mean() > PART and any(_share_a_side(one, surface) for one in within)):
            kept = [other for other in kept if not any(other is one for one in within)] + [surface]
    return kept


def _share_a_side(smaller: Surface, larger: Surface) -> bool:
    """Whether much of the outline of a surface is that of the larger one in which it lies, too."""
    rim = smaller.mask - _smaller(smaller.mask, 1)
    return (rim & (1 - _smaller(larger.mask, NEAR))).sum() > SHARED * rim.sum()


def _smaller(mask: np.ndarray, by: int) -> np.ndarray:
    """A mask without the pixels that are so close to its outline; the picture's edge is none."""
    return cv2.erode(mask, _square(by), borderValue=1)


def _square(reach: int) -> np.ndarray:
    """All pixels that are no further away than so many, for OpenCV's morphology."""
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
