"""A page of handwriting → its digits, one by one, in reading order.

Connected ink is cut where digits may touch, and pieces that lie close may belong together, as the bar of a 5. Of all
ways to put the pieces of a written line together, the one is taken whose parts the network is surest of: heuristic
over-segmentation and a shortest path, as in LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to
Document Recognition, 1998, section V.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from digits.light import stroke_width
from digits.preprocessing import Box, bounds, digit_image
from digits.rulings import without_rulings

# How much each digit image (N, 28, 28) is unlike any digit: (N,) float32, −log of the largest probability.
Cost = Callable[[np.ndarray], np.ndarray]

CLEAR = 0.25  # of the page's strongest strokes: ink below this is the lines of the paper, or its texture
DIRT = 0.2  # of the usual digit: what is smaller both ways is no digit by itself
FRAME = 0.5  # of a side: a thing at the edge that is this long is no digit
BULKY = 2.5  # times the usual stroke: a thing at the edge that is this thick is no digit
DOUBTFUL = 0.1  # a cost from which a piece may be several digits
WIDE = 1.05  # so much wider than high, it may be so as well
CLOSE = 0.3  # of the usual digit: pieces no further apart may belong together
PARTS = 3  # pieces that may make up one digit
CUTS = 7  # ways through one piece that are tried
JOIN, CUT = 0.3, 0.4  # what it costs to put pieces together, and each part of one that is cut: as it lies is likeliest
SLIM, NARROW = 1.1, 2.0  # a piece less wide than this share of its height is hardly two digits: so much more per part
SLIGHT, FLAT = 0.55, 8.0  # a part lower than this share of its line costs, so much for all of its height
DROP = 4.0  # what it costs to leave out a piece as high as the line


@dataclass(frozen=True, eq=False)
class Segment:
    """Ink that is one digit: `box` in pixels of the page, `ink` (height, width) float32 0–1, of that digit alone."""

    box: Box
    ink: np.ndarray

    @property
    def image(self) -> np.ndarray:
        """As the network gets it, (28, 28) float32."""
        return digit_image(self.ink, (0, 0, *self.box[2:]))


def segments(ink: np.ndarray, cost: Cost) -> list[list[Segment]]:
    """Find the digits of a page, written line by written line, each from left to right.

    ink: (H, W) float32, 0 = paper, stronger = more ink, on any scale. cost: the network's opinion. Empty paper has no
    lines.
    """
    pieces = _pieces(ink)
    if not pieces:
        return []
    size = _usual_size(pieces)
    pieces = _stacked(pieces, size, cost)
    found = [_best(line, size, cost) for line in _lines(pieces, size)]
    return [line for line in found if line]


def _pieces(ink: np.ndarray) -> list[Segment]:
    """The connected ink of a page, without the paper's lines, dirt and what lies at the edge and is no digit."""
    if not ink.any():
        return []
    full = float(np.quantile(ink[ink > 0], 0.97))
    mask = without_rulings((ink > CLEAR * full).astype(np.uint8))
    stroke = stroke_width(mask)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    margin = max(1, round(stroke / 3))
    pieces = []
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        if label == 0 or max(width, height) < max(3, 1.2 * stroke) or area < stroke:
            continue
        part = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        if _is_frame((x, y, width, height), part, mask.shape, stroke):
            continue
        box = _grown((x, y, width, height), margin, mask.shape)
        pieces += _trimmed(box, _own_ink(ink, labels, label, box, margin))
    size = _usual_size(pieces)
    return [piece for piece in pieces if max(piece.box[2:]) >= DIRT * size]


def _is_frame(box: Box, part: np.ndarray, page: tuple[int, int], stroke: float) -> bool:
    """Whether a thing at the edge of the page is the table, a shadow or a margin rather than a digit."""
    x, y, width, height = box
    if x > 1 and y > 1 and x + width < page[1] - 1 and y + height < page[0] - 1:
        return False
    depth = cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3).max()
    long = width > FRAME * page[1] or height > FRAME * page[0]
    return 2 * depth > BULKY * stroke or (long and min(width, height) < 0.2 * max(width, height))


def _grown(box: Box, margin: int, page: tuple[int, int]) -> Box:
    x, y, width, height = box
    left, top = max(0, x - margin), max(0, y - margin)
    return left, top, min(page[1], x + width + margin) - left, min(page[0], y + height + margin) - top


def _own_ink(ink: np.ndarray, labels: np.ndarray, label: int, box: Box, margin: int) -> np.ndarray:
    """The ink of one connected piece with its soft edge, as strong as a full stroke where it is strongest."""
    x, y, width, height = box
    around = labels[y : y + height, x : x + width]
    near = cv2.dilate((around == label).astype(np.uint8), np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    own = np.where((near > 0) & ((around == label) | (around == 0)), ink[y : y + height, x : x + width], 0)
    level = np.quantile(own[around == label], 0.75)
    return (own / level).clip(0, 1).astype(np.float32)


def _trimmed(box: Box, ink: np.ndarray) -> list[Segment]:
    """The part of a box that has ink in it, if any."""
    found = bounds(ink)
    if found is None:
        return []
    x, y, width, height = found
    return [Segment((box[0] + x, box[1] + y, width, height), ink[y : y + height, x : x + width])]


def _usual_size(pieces: list[Segment]) -> float:
    """The height of most of the ink, in pixels: specks count little."""
    if not pieces:
        return 0.0
    sizes = np.array([max(piece.box[3], 0.7 * piece.box[2]) for piece in pieces], float)
    order = np.argsort(sizes)
    weight = np.cumsum(sizes[order])
    return float(sizes[order][np.searchsorted(weight, weight[-1] / 2)])


def _stacked(pieces: list[Segment], size: float, cost: Cost) -> list[Segment]:
    """The pieces, those put together that stand above each other and make one digit that the network is sure of."""
    pieces = sorted(pieces, key=lambda piece: piece.box[1])
    pairs = [
        (upper, lower)
        for index, upper in enumerate(pieces)
        for lower in pieces[index + 1 :]
        if -CLOSE * size < lower.box[1] - upper.box[1] - upper.box[3] < CLOSE * size and _share(upper, lower) > 0.4
    ]
    if not pairs:
        return pieces
    joined = [_joined(list(pair)) for pair in pairs]
    prices = cost(np.stack([piece.image for piece in joined]))
    for index in np.argsort(prices):
        upper, lower = pairs[index]
        if prices[index] < DOUBTFUL and upper in pieces and lower in pieces:
            pieces = [piece for piece in pieces if piece not in (upper, lower)] + [joined[index]]
    return pieces


def _share(one: Segment, other: Segment) -> float:
    """How much of the narrower piece lies above or below the wider one, 0–1."""
    common = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(one.box[0], other.box[0])
    return max(0, common) / min(one.box[2], other.box[2])


def _lines(pieces: list[Segment], size: float) -> list[list[Segment]]:
    """The pieces as written lines, top to bottom; each from left to right. A page may lean."""
    slope = _slope(pieces, size)
    tall = [piece for piece in pieces if piece.box[3] >= 0.5 * size] or pieces

    def level(piece: Segment) -> float:
        x, y, width, height = piece.box
        return y + height / 2 - slope * (x + width / 2)

    lines: list[list[Segment]] = []
    for piece in sorted(tall, key=level):
        if lines and level(piece) - np.mean([level(other) for other in lines[-1]]) < 0.6 * size:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    middles = [np.mean([level(piece) for piece in line]) for line in lines]
    for piece in pieces:
        if piece not in tall:
            nearest = int(np.argmin(np.abs(np.array(middles) - level(piece))))
            if abs(middles[nearest] - level(piece)) < 0.8 * size:
                lines[nearest].append(piece)
    return [sorted(line, key=_middle) for line in lines]


def _middle(piece: Segment) -> float:
    return piece.box[0] + piece.box[2] / 2


def _slope(pieces: list[Segment], size: float) -> float:
    """How far written lines fall per pixel to the right: the median over neighbours."""
    slopes = []
    for piece in pieces:
        x, y, width, height = piece.box
        if height < 0.5 * size:
            continue
        right = [
            (other.box[0] - x, other.box[1] + other.box[3] / 2 - y - height / 2)
            for other in pieces
            if other.box[3] >= 0.5 * size and x + width / 2 < other.box[0] < x + width + 3 * size
        ]
        right = [(across, down) for across, down in right if abs(down) < 0.5 * size]
        if right:
            across, down = min(right)
            slopes.append((down, across))
    if len(slopes) < 2:
        return 0.0
    down, across = np.array(slopes).T
    return float(np.clip(down.sum() / across.sum(), -0.25, 0.25))


def _best(line: list[Segment], size: float, cost: Cost) -> list[Segment]:
    """The likeliest way to make digits of the pieces of one line."""
    costs = cost(np.stack([piece.image for piece in line]))
    atoms: list[Segment] = []
    origin: list[int] = []
    for index, piece in enumerate(line):
        _x, _y, width, height = piece.box
        several = width > 0.4 * height and height > 0.5 * size and (costs[index] > DOUBTFUL or width > WIDE * height)
        parts = _cut(piece) if several else [piece]
        atoms += parts
        origin += [index] * len(parts)
    edges = _edges(atoms, origin, line, size)
    parts = [_joined(atoms[start:stop]) for start, stop in edges]
    height = float(np.median([piece.box[3] for piece in line if piece.box[3] >= 0.5 * size] or [size]))
    prices = cost(np.stack([part.image for part in parts])) + [
        _odd(part, origin[start:stop], origin, line, height) for part, (start, stop) in zip(parts, edges, strict=True)
    ]
    spare = [
        DROP * max(atom.box[2:]) / height if origin.count(own) == 1 else np.inf
        for atom, own in zip(atoms, origin, strict=True)
    ]
    return _shortest(spare, edges, parts, prices)


def _edges(atoms: list[Segment], origin: list[int], line: list[Segment], size: float) -> list[tuple[int, int]]:
    """Which runs of atoms may be one digit: those of one piece, and few pieces that lie close."""
    edges = []
    for start in range(len(atoms)):
        for stop in range(start + 1, len(atoms) + 1):
            run = atoms[start:stop]
            if len(set(origin[start:stop])) > PARTS:
                break
            if stop - start > 1:
                if _gap(run[-2::-1], run[-1]) > CLOSE * size:
                    break
                box = _around(run)
                if origin[start] != origin[stop - 1] and (box[2] > 1.3 * size or box[3] > 1.6 * size):
                    break
            edges.append((start, stop))
    return edges


def _gap(run: list[Segment], last: Segment) -> float:
    """How far the last piece lies from the nearest of the others, across; 0 where it stands above or below one."""
    x, _, width, _ = last.box
    return min(max(0, x - piece.box[0] - piece.box[2], piece.box[0] - x - width) for piece in run)


def _odd(part: Segment, own: list[int], origin: list[int], line: list[Segment], height: float) -> float:
    """What a part costs beside what the network says of it."""
    price = JOIN * (len(set(own)) - 1)
    for index in set(own):
        if own.count(index) < origin.count(index):
            _, _, width, tall = line[index].box
            price += CUT + NARROW * max(0.0, SLIM - width / tall)
    low = part.box[3] / height
    return price + FLAT * max(0.0, SLIGHT - low)


def _shortest(
    spare: list[float], edges: list[tuple[int, int]], parts: list[Segment], prices: np.ndarray
) -> list[Segment]:
    """The cheapest way from the first atom to the last; `spare`: what it costs to leave each one out."""
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for stop, price in enumerate(spare, 1):
        ways = [(best[stop - 1][0] + price, best[stop - 1][1])]
        for index, (start, end) in enumerate(edges):
            if end == stop:
                ways.append((best[start][0] + float(prices[index]), [*best[start][1], index]))
        best.append(min(ways, key=lambda way: way[0]))
    return [parts[index] for index in best[-1][1]]


def _around(run: list[Segment]) -> Box:
    boxes = np.array([piece.box for piece in run])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return int(left), int(top), int(right - left), int(bottom - top)


def _joined(run: list[Segment]) -> Segment:
    if len(run) == 1:
        return run[0]
    box = _around(run)
    ink = np.zeros((box[3], box[2]), np.float32)
    for piece in run:
        x, y, width, height = piece.box
        place = ink[y - box[1] : y - box[1] + height, x - box[0] : x - box[0] + width]
        np.maximum(place, piece.ink, out=place)
    return Segment(box, ink)


def _cut(piece: Segment) -> list[Segment]:
    """A piece cut along the ways from top to bottom that cross the least ink, from left to right."""
    _, _, width, height = piece.box
    scale = min(1.0, 40 / height)
    small = cv2.resize(
        piece.ink, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    seams = _seams(small)
    if not len(seams):
        return [piece]
    rows = np.linspace(0, small.shape[0] - 1, height)
    borders = [np.zeros(height)]
    for seam in seams:
        across = (np.interp(rows, np.arange(small.shape[0]), seam) + 0.5) * width / small.shape[1]
        borders.append(np.maximum(across, borders[-1]))
    borders.append(np.full(height, width + 1))
    columns = np.arange(width)
    slices = []
    for left, right in itertools.pairwise(borders):
        own = np.where((columns >= left[:, None]) & (columns < right[:, None]), piece.ink, 0)
        slices += _trimmed(piece.box, own)
    return slices


def _seams(ink: np.ndarray) -> list[np.ndarray]:
    """A few ways down through a picture (H, W), column by row, that lie apart and cross little ink."""
    height, width = ink.shape
    price = ink + 0.01
    down, came = _fall(price)
    up, went = _fall(price[::-1])
    up, went = up[::-1], went[::-1]
    middle = height // 2
    through = down[middle] + up[middle] - price[middle]
    apart = max(2, round(0.1 * height))
    chosen: list[int] = []
    for column in np.argsort(through):
        if len(chosen) == CUTS or through[column] > 0.35 * height:
            break
        if apart <= column < width - apart and all(abs(column - other) >= apart for other in chosen):
            chosen.append(int(column))
    seams = []
    for column in sorted(chosen):
        seam = np.zeros(height)
        seam[middle] = column
        for row in range(middle, 0, -1):
            seam[row - 1] = seam[row] + came[row, int(seam[row])]
        for row in range(middle, height - 1):
            seam[row + 1] = seam[row] + went[row, int(seam[row])]
        seams.append(seam)
    return seams


def _fall(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel the cheapest way to it from the top, by at most one column a row, and the step that led to it."""
    total, step = price.copy(), np.zeros(price.shape, int)
    for row in range(1, len(price)):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        three = np.stack([above[1:-1], above[:-2] + 0.02, above[2:] + 0.02])
        choice = three.argmin(axis=0)
        total[row] += three.min(axis=0)
        step[row] = np.array([0, -1, 1])[choice]
    return total, step
