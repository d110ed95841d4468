"""Finds sheets of paper, notes and boards in a picture that shows other things around them."""

from dataclasses import dataclass

import cv2
import numpy as np

from digits.segmentation.measures import along_edge, extend_from

MIN_SURFACE_SHARE = 0.15  # of the picture's longer side: no surface is narrower
SLOPE_LIMITS_LEVELS = 6, 12, 24  # per pixel, flatter is one surface; edges may be this faint, a table this rough
MIN_HULL_FILL_SHARE = 0.9  # of its convex hull: a surface fills at least this much
MIN_POLYGON_SHARE = 0.95  # of its convex hull: its straight sides enclose at least this much
MAX_SIDES = 6  # two corners may be folded or hidden by a pen; a 0 has more sides
POLYGON_TOLERANCE_SHARE = 0.01  # of the outline's length: straight sides lie this close to it
EDGE_BAR_PX = 3  # along the picture's edge, belongs to no surface: it would lead around corners
INSIDE_PX = 3  # from the outline: still on the surface
FRAME_PX = 5  # from the outline: on its frame
OUTSIDE_PX = 14  # from the outline: past any frame
MIN_CONTRAST_SHARE = 0.1  # of the lighter level: two levels that differ by this much are different
MIN_EDGE_SHARE = 0.8  # of the outline: the levels inside and outside differ along this much
MIN_EDGE_POINTS = 10  # points at which the outline is seen
MIN_HOLE_SHARE = 0.08  # of a dark surface: the hole of a 0 is larger
MIN_HOLE_FILL_SHARE = 0.85  # of its convex hull: the hole of a 0 fills this much
MIN_SHADOW_LIGHT_SHARE = 0.35  # of the light: no shadow leaves less
MAX_INK_AROUND_RATIO = 0.5  # ink per pixel around a surface over ink per pixel on it
MAX_INK_BESIDE_FRAME_RATIO = 0.05  # the same, for a surface that only a frame sets apart
RAGGED_EDGE_PX = 2  # the edge of a sheet reaches this far inside
BACKGROUND_WINDOW_PX = 41  # strokes fill the smaller part of such a window
MIN_STROKE_LEVELS = 12  # strokes differ from the background by more
MAX_FRAME_INK_SHARE = 0.02  # of the ink on a surface: a frame around it has less
MIN_REST_SHARE = 0.02  # of the picture: a frame is smaller than this, the rest of a sheet larger
MIN_SHARED_OUTLINE_SHARE = 0.3  # of its outline: a part of a sheet shares this much with the sheet


@dataclass(frozen=True)
class Surface:
    """Surface with writing on it and something else around it.

    `mask`: (H, W) uint8 0 or 1, without the edge. `lighter`: 1 for lighter than its surroundings, −1 for darker, 0 for
    as light but framed. `ink`: levels summed over the writing on it; positive if the writing is lighter than it.
    """

    mask: np.ndarray
    lighter: int
    ink: float


def find_surfaces(small: np.ndarray) -> list[Surface]:
    """Returns every surface with writing on it in a picture (H, W) uint8, the smallest first.

    A surface is flat except for strokes. Its outline is sharp and has few straight sides; some may lie outside the
    picture. A shadow has no sharp outline. Lengths in pixels are meant for a longer side of 320.
    """
    if min(small.shape) <= MIN_SURFACE_SHARE * max(small.shape):
        return []
    soft = cv2.medianBlur(small, 5)
    slope = np.hypot(*(cv2.Sobel(soft, cv2.CV_32F, right, 1 - right, scale=1 / 8) for right in (1, 0)))
    slope = np.pad(slope[EDGE_BAR_PX:-EDGE_BAR_PX, EDGE_BAR_PX:-EDGE_BAR_PX], EDGE_BAR_PX, constant_values=np.inf)
    surfaces = []
    for limit in SLOPE_LIMITS_LEVELS:
        _, labels, stats, _ = cv2.connectedComponentsWithStats((slope <= limit).astype(np.uint8), connectivity=4)
        for label, (_, _, width, height, _) in enumerate(stats[1:], 1):
            if min(width, height) > MIN_SURFACE_SHARE * max(small.shape):
                surface = _as_surface((labels == label).astype(np.uint8), small, soft)
                surfaces += [surface] if surface and surface.ink else []
    return _drop_frames(surfaces, small)


def _as_surface(part: np.ndarray, small: np.ndarray, soft: np.ndarray) -> Surface | None:
    """Returns the surface that a flat part (a mask) of a picture makes up; None if it is no surface."""
    outline = max(cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0], key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    sides = _straight_sides(outline, hull, small.shape)
    if not 1 <= len(sides) <= MAX_SIDES:
        return None
    middle = hull[:, 0].mean(axis=0)
    inside, frame, outside = np.concatenate([_levels_across(soft, side, middle) for side in sides], axis=1)
    lighter = _compare(inside, outside)
    if len(inside) < MIN_EDGE_POINTS or not (lighter or _compare(inside, frame)):
        return None
    mask = cv2.fillConvexPoly(np.zeros_like(small), hull, 1)
    ink = _ink_levels(small, _erode(mask, 2 * INSIDE_PX))
    levels = float(np.median(inside)), float(np.median(outside))
    if lighter and not _contrasts_with_edge(lighter, levels[0], small, mask):
        return None
    if lighter < 0 and _is_ring(mask, soft, levels[1]):
        return None
    # What a sharp shadow leaves of a page, and a box on a page, have as much writing around them.
    max_ratio = MAX_INK_AROUND_RATIO if lighter else MAX_INK_BESIDE_FRAME_RATIO
    if min(levels) > MIN_SHADOW_LIGHT_SHARE * max(levels) and _ink_around_ratio(small, mask, ink) > max_ratio:
        return None
    return Surface(_erode(mask, RAGGED_EDGE_PX), lighter, ink)


def _straight_sides(
    outline: np.ndarray, hull: np.ndarray, shape: tuple[int, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns the sides (x, y to x, y) of an outline that lie away from the picture's edge.

    Returns [] for an outline that is narrow, hollow or round.
    """
    polygon = cv2.approxPolyDP(hull, POLYGON_TOLERANCE_SHARE * cv2.arcLength(hull, True), True)
    area = cv2.contourArea(hull)
    if min(cv2.minAreaRect(hull)[1]) < MIN_SURFACE_SHARE * max(shape):
        return []
    if cv2.contourArea(outline) < MIN_HULL_FILL_SHARE * area or cv2.contourArea(polygon) < MIN_POLYGON_SHARE * area:
        return []
    corners = polygon[:, 0]
    bar = EDGE_BAR_PX + 2
    at_edge = np.concatenate([corners <= bar, corners >= np.array(shape[::-1]) - bar - 1], axis=1)
    free = ~(at_edge & np.roll(at_edge, -1, axis=0)).any(axis=1)
    return list(zip(corners[free], np.roll(corners, -1, axis=0)[free], strict=True))


def _levels_across(small: np.ndarray, side: tuple[np.ndarray, np.ndarray], middle: np.ndarray) -> np.ndarray:
    """Returns the levels at points along a side: inside, on a possible frame, and outside, (3, n) float.

    middle: x, y of a point on the surface.
    """
    start, end = side
    along = (end - start).astype(float)
    normal = np.array([along[1], -along[0]]) / np.linalg.norm(along)
    normal *= np.sign(((start + end) / 2 - middle) @ normal)
    count = int(np.linalg.norm(along) / 2)
    on_side = start + (np.arange(count)[:, None] + 0.5) / max(1, count) * along
    distances = np.array([-INSIDE_PX, FRAME_PX, OUTSIDE_PX])
    points = np.rint(on_side + normal * distances[:, None, None]).astype(int)
    visible = ((points >= 0) & (points < np.array(small.shape[::-1]))).all(axis=(0, 2))
    x, y = points[:, visible].transpose(2, 0, 1)
    return small[y, x].astype(float)


def _compare(inside: np.ndarray, other: np.ndarray) -> int:
    """Returns 1 if nearly all levels inside are lighter than the others, −1 if darker, 0 otherwise."""
    contrast = (inside - other) / np.maximum(np.maximum(inside, other), 1)
    min_count = MIN_EDGE_SHARE * len(inside)
    return next((sign for sign in (1, -1) if np.sum(sign * contrast > MIN_CONTRAST_SHARE) > min_count), 0)


def _contrasts_with_edge(lighter: int, level: float, small: np.ndarray, mask: np.ndarray) -> bool:
    """Returns True if a surface differs from the picture's edge as it does from its surroundings.

    The hole of a 0 does not: the paper around the 0 is like it.
    """
    edge = along_edge(small)[along_edge(mask) == 0]
    return len(edge) > 0 and bool((level - np.median(edge)) * lighter > 0)


def _is_ring(mask: np.ndarray, soft: np.ndarray, outside_level: float) -> bool:
    """Returns True if a dark surface is an angular 0: its hole is as light as its surroundings."""
    hole = (mask & (np.abs(soft - outside_level) < MIN_CONTRAST_SHARE * outside_level)).astype(np.uint8)
    for outline in cv2.findContours(hole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        area = cv2.contourArea(outline)
        hull_area = cv2.contourArea(cv2.convexHull(outline))
        if area > MIN_HOLE_SHARE * mask.sum() and area > MIN_HOLE_FILL_SHARE * hull_area:
            return True
    return False


def _ink_around_ratio(small: np.ndarray, mask: np.ndarray, ink: float) -> float:
    """Returns the ink per pixel around a surface over the ink per pixel on it.

    The ratio is negative if one of the two is lighter than its background and the other darker.
    """
    around = 1 - cv2.dilate(mask, _square(OUTSIDE_PX))
    return float(_ink_levels(small, around) / max(1, around.sum()) * mask.sum() / ink) if ink else 0.0


def _ink_levels(small: np.ndarray, mask: np.ndarray) -> float:
    """Returns the contrast of strokes with the local median, summed over a mask, in levels.

    Lighter strokes count positive, darker ones negative. Strokes are the smaller part of the median's window, and the
    median keeps the edge of a shadow.
    """
    inside = mask > 0
    if not inside.any():
        return 0.0
    background = cv2.medianBlur(extend_from(small, mask), BACKGROUND_WINDOW_PX).astype(np.float32)
    contrast = (small - background)[inside]
    lighter = np.maximum(contrast - MIN_STROKE_LEVELS, 0)
    darker = np.maximum(-contrast - MIN_STROKE_LEVELS, 0)
    return float(lighter.sum() - darker.sum())


def _drop_frames(surfaces: list[Surface], small: np.ndarray) -> list[Surface]:
    """Keeps the smallest of nested surfaces: the larger one is its frame, or the table below it.

    The larger one is kept instead if its rest has writing, or if the smaller one is only the part of it up to a shadow.
    """
    kept: list[Surface] = []
    for surface in sorted(surfaces, key=lambda surface: surface.mask.sum()):
        nested = [other for other in kept if (other.mask & surface.mask).sum() > 0.9 * other.mask.sum()]
        rest = surface.mask.copy()
        for other in nested:
            rest &= 1 - cv2.dilate(other.mask, _square(OUTSIDE_PX))
        has_writing = abs(_ink_levels(small, rest)) > MAX_FRAME_INK_SHARE * abs(surface.ink)
        shaded = rest.mean() > MIN_REST_SHARE and any(_share_outline(other, surface) for other in nested)
        if not nested or has_writing or shaded:
            kept = [other for other in kept if not any(other is one for one in nested)] + [surface]
    return kept


def _share_outline(smaller: Surface, larger: Surface) -> bool:
    """Returns True if much of a surface's outline is also the outline of a larger surface around it."""
    rim = smaller.mask - _erode(smaller.mask, 1)
    near_outline = rim & (1 - _erode(larger.mask, FRAME_PX))
    return bool(near_outline.sum() > MIN_SHARED_OUTLINE_SHARE * rim.sum())


def _erode(mask: np.ndarray, distance: int) -> np.ndarray:
    """Removes the pixels of a mask within a distance of its outline, except at the picture's edge."""
    return cv2.erode(mask, _square(distance), borderValue=1)


def _square(radius: int) -> np.ndarray:
    """Returns the kernel of all pixels within a Chebyshev distance, for OpenCV's morphology."""
    return np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
