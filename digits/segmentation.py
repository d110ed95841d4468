"""A page of handwriting → its digits, one by one, in reading order.

Connected ink is cut where digits may touch, and pieces that lie close may belong together, as the bar of a 5. Of all
ways to put the pieces of a written line together, the one is taken whose parts the network is surest of: heuristic
over-segmentation and a shortest path, as in LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to
Document Recognition, 1998, section V.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from digits.light import stroke_width
from digits.preprocessing import SPECK, Box, bounds, digit_image
from digits.rulings import without_rulings

# How much each digit image (N, 28, 28) is unlike any digit: (N,) float32, −log of the largest probability.
Cost = Callable[[np.ndarray], np.ndarray]

CLEAR = 0.25  # of the page's strongest strokes: ink below this is the lines of the paper, or its texture
PALEST = 0.22  # of the paper's light: pencil takes more, shadows and wood take less
DIRT = 0.2  # of the usual digit: what is smaller both ways is no digit by itself
HUGE = 2.5  # and what is so much higher
THIN = 12  # times as high as wide: the rest of a ruled line
NEAR = 0.006  # of the page's longer side: so near to its edge
FRAME = 0.5  # of a side: a thing at the edge that is this long is no digit
LYING = 0.7  # or lies along the edge for so much of its length
SLENDER = 0.3  # with less ink than so much of its longer side's square, such a thing is no digit
ALL = 0.85  # of both sides: what fills so much is the rim of a sheet, or its shadow
BULKY = 2.5  # times the usual stroke: a thing at the edge that is this thick is no digit
DOUBTFUL = 0.1  # a cost from which a piece may be something else
MANY = 6  # pieces, at least, that may be print
# Of a page's digits such a share costs less than this, and less the fewer they are; of the letters of print, fewer do.
EASY = (
    (0.01, 0.78, 1.1),
    (0.1, 0.98, 1.2),
)  # cost, share, and what that may be lower by, over the root of their number
LARGER = 1.3  # times the height of print: so is what is written on a form
MANY_CUT = 9  # digits of one line that touch others: more are letters
PAIR = 2.2  # times its height: what is wider is no two digits
CLOSE = 0.3  # of the usual digit: pieces no further apart may belong together
PARTS = 3  # pieces that may make up one digit
WAYS = 12  # places at which a piece is cut
LEANS = (-0.5, -0.25, 0, 0.25)  # columns per row of the straight cuts: writing leans to the right
TRIED = 3  # cuts whose halves are looked at again: one may be several digits itself
SLIMMEST, WIDEST = 0.45, 4.0  # times its height: nothing less wide is two digits, nothing wider is cut
JOIN, CUT = 0.3, 1.3  # what it costs to put pieces together, and each part of one that is cut: as it lies is likeliest
SLIM, NARROW = 1.3, 6.0  # a piece less wide than this share of its height is hardly two digits: so much more per part
SLIGHT, FLAT = 0.6, 8.0  # a part lower than this share of its line costs, so much for all of its height
DROP = 4.0  # what it costs to leave out a small piece, for all of the line's height


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

    ink: (H, W) float32, the share of the paper's light that is lacking, as `light.flattened` gives it. cost: the
    network's opinion. Empty paper has no lines.
    """
    pieces = _pieces(ink)
    if not pieces:
        return []
    doubts = cost(np.stack([piece.image for piece in pieces]))
    size = _usual_size([piece for piece, doubt in zip(pieces, doubts, strict=True) if doubt < DOUBTFUL] or pieces)
    known = dict(zip(pieces, doubts.tolist(), strict=True))
    pieces = [piece for piece in pieces if _fits(piece.box, size)] or pieces
    lines = _lines(_stacked(pieces, size, cost), size)
    # A page with a line of print on it may be a form that somebody filled in, or a book.
    letters = [piece.box[3] for line in lines if _is_print(line, known, size) for piece in line]
    form = float(np.median(letters)) if letters else 0.0
    lines = [line for line in lines if not _is_print(line, known, size, form)]
    if _is_print([piece for line in lines for piece in line], known, size, form):
        return []
    speck = SPECK * max(ink.shape)
    found = [[part for part in _best(line, size, cost) if max(part.box[2:]) > speck] for line in lines]
    return [line for line in found if line]


def _fits(box: Box, size: float) -> bool:
    """Whether a digit of the usual size may have this box, or be a part of what has it."""
    _, _, width, height = box
    return DIRT * size <= max(width, height) and height <= HUGE * size and height <= THIN * width


def _is_print(pieces: list[Segment], doubts: dict[Segment, float], size: float, form: float = 0.0) -> bool:
    """Whether so many pieces look like no digit that they are letters, or a pattern: some pass for digits by chance.

    Pieces a little wide may be digits that touch. The more pieces there are, the less is left to chance. On a page with
    print so high, `form`, what is written has to be clear throughout, and larger.
    """
    tall = [piece for piece in pieces if piece.box[3] >= 0.4 * size and not 1 < piece.box[2] / piece.box[3] < PAIR]
    costs = np.array([doubts.get(piece, 0.0) for piece in tall])
    if form:
        height = np.median([piece.box[3] for piece in tall]) if tall else 0
        return len(tall) < 2 or height < LARGER * form or bool(costs.max() > DOUBTFUL)
    slack = 1 / np.sqrt(max(1, len(costs)))
    return len(costs) >= MANY and any(np.mean(costs < level) < share - less * slack for level, share, less in EASY)


def _pieces(ink: np.ndarray) -> list[Segment]:
    """The connected ink of a page, without the paper's lines, dirt and what lies at the edge and is no digit."""
    if not ink.any():
        return []
    full = float(np.quantile(ink[ink > 0], 0.97))
    mask = without_rulings((ink > CLEAR * full).astype(np.uint8), (ink > 0).astype(np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = ~_at_edge(stats, mask.shape)
    inside[0] = False  # the paper
    # What lies at the edge may be the table: it must not decide how wide a stroke is.
    stroke = stroke_width(np.isin(labels, np.flatnonzero(inside)).astype(np.uint8)) or stroke_width(mask)
    margin = max(1, round(stroke / 3))
    pieces = []
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        if label == 0 or max(width, height) < max(3, 1.2 * stroke) or area < stroke:
            continue
        part = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        if np.quantile(ink[y : y + height, x : x + width][part > 0], 0.9) < PALEST:
            continue
        if min(width / mask.shape[1], height / mask.shape[0]) > ALL:
            continue  # around everything else
        if not inside[label] and _is_frame((x, y, width, height), part, mask.shape, stroke):
            continue
        box = _grown((x, y, width, height), margin, mask.shape)
        pieces += _trimmed(box, _own_ink(ink, labels, label, box, margin))
    return pieces


def _at_edge(stats: np.ndarray, page: tuple[int, int]) -> np.ndarray:
    """Which of OpenCV's components (n, 5) lie at the edge of the page, (n,) bool."""
    x, y, width, height = stats[:, :4].T
    near = max(1, NEAR * max(page))
    return (x <= near) | (y <= near) | (x + width >= page[1] - near) | (y + height >= page[0] - near)


def _is_frame(box: Box, part: np.ndarray, page: tuple[int, int], stroke: float) -> bool:
    """Whether a thing at the edge, a mask (height, width), is the table, a shadow or a margin rather than a digit."""
    x, y, width, height = box
    near = round(max(1, NEAR * max(page))) + 1
    right, below = page[1] - x - width, page[0] - y - height
    touching = [
        part[:, : near - x].any(axis=1).sum() if x < near else 0,
        part[:, right - near :].any(axis=1).sum() if right < near else 0,
        part[: near - y].any(axis=0).sum() if y < near else 0,
        part[below - near :].any(axis=0).sum() if below < near else 0,
    ]
    depth = cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3).max()
    longer = max(width, height)
    lying = max(touching) > LYING * longer and part.sum() < SLENDER * longer**2
    long = (width > FRAME * page[1] or height > FRAME * page[0]) and min(width, height) < 0.2 * longer
    return 2 * depth > BULKY * stroke or lying or long


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
    level = np.quantile(own[around == label], 0.9)
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
    sizes = np.sort([max(piece.box[3], 0.7 * piece.box[2]) for piece in pieces])
    weight = np.cumsum(sizes)
    return float(sizes[np.searchsorted(weight, weight[-1] / 2)])


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
    split = [_split(piece, cost) for piece in line]
    atoms = [part for parts in split for part in parts]
    cut = sum(len(parts) for parts in split if len(parts) > 1)
    if cut > max(MANY_CUT, 0.5 * len(atoms)):
        return []  # words: so many digits do not touch
    edges = _edges(atoms, size)
    parts = [_joined(atoms[start:stop]) for start, stop in edges]
    height = float(np.median([piece.box[3] for piece in atoms if piece.box[3] >= 0.5 * size] or [size]))
    prices = cost(np.stack([part.image for part in parts])) + [
        JOIN * (stop - start - 1) + FLAT * max(0.0, SLIGHT - part.box[3] / height)
        for part, (start, stop) in zip(parts, edges, strict=True)
    ]
    sizes = [max(atom.box[2:]) / height for atom in atoms]
    spare = [DROP * size if size < SLIGHT else np.inf for size in sizes]
    return _shortest(spare, edges, parts, prices)


def _edges(atoms: list[Segment], size: float) -> list[tuple[int, int]]:
    """Which runs of atoms may be one digit: each by itself, and few that lie close."""
    edges = []
    for start in range(len(atoms)):
        for stop in range(start + 1, min(start + PARTS, len(atoms)) + 1):
            run = atoms[start:stop]
            if stop - start > 1:
                box = _around(run)
                if _gap(run[:-1], run[-1]) > CLOSE * size or box[2] > 1.3 * size or box[3] > 1.6 * size:
                    break
            edges.append((start, stop))
    return edges


def _gap(run: list[Segment], last: Segment) -> float:
    """How far the last piece lies from the nearest of the others, across; 0 where it stands above or below one."""
    x, _, width, _ = last.box
    return min(max(0, x - piece.box[0] - piece.box[2], piece.box[0] - x - width) for piece in run)


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


def _split(piece: Segment, cost: Cost, depth: int = 2) -> list[Segment]:
    """A piece as it is, or cut into the digits that touch in it, whatever the network is surer of."""
    return _split_priced(piece, float(cost(piece.image[None])[0]), cost, depth)[1]


def _split_priced(piece: Segment, whole: float, cost: Cost, depth: int) -> tuple[float, list[Segment]]:
    _, _, width, height = piece.box
    if depth == 0 or not SLIMMEST < width / height < WIDEST:
        return whole, [piece]
    extra = 2 * CUT + NARROW * max(0.0, SLIM - width / height)  # no cut costs less
    halves = _halves(piece) if whole > extra else []
    if not halves:
        return whole, [piece]
    doubts = cost(np.stack([half.image for pair in halves for half in pair])).reshape(-1, 2)
    low = [[FLAT * max(0.0, SLIGHT - half.box[3] / height) for half in pair] for pair in halves]
    prices = doubts.sum(axis=1) + np.sum(low, axis=1) + extra
    best = whole, [piece]
    for index in np.argsort(prices)[:TRIED]:
        # Either half may be several digits itself.
        deeper = [
            _split_priced(half, float(doubt), cost, depth - 1 if half.box[2] > half.box[3] else 0)
            for half, doubt in zip(halves[index], doubts[index], strict=True)
        ]
        price = sum(part for part, _ in deeper) + sum(low[index]) + extra
        if price < best[0]:
            best = price, [part for _, parts in deeper for part in parts]
    return best


def _halves(piece: Segment) -> list[tuple[Segment, Segment]]:
    """A piece cut in two, in many ways: along what crosses the least ink, and straight, upright or leaning."""
    _, _, width, height = piece.box
    scale = min(1.0, 40 / height)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(piece.ink, size, interpolation=cv2.INTER_AREA)
    places = np.linspace(0, 1, WAYS + 2)[1:-1] * size[0]
    down = np.arange(size[1]) - (size[1] - 1) / 2
    borders = [*_seams(small, places), *(place + lean * down for lean in LEANS for place in places)]
    rows = np.linspace(0, size[1] - 1, height)
    columns = np.arange(width)
    halves = []
    for border in borders:
        across = (np.interp(rows, np.arange(size[1]), border) + 0.5) * width / size[0]
        left = columns < across[:, None]
        pair = [_trimmed(piece.box, np.where(side, piece.ink, 0)) for side in (left, ~left)]
        if all(pair):
            halves.append((pair[0][0], pair[1][0]))
    return halves


def _seams(ink: np.ndarray, places: np.ndarray) -> list[np.ndarray]:
    """The ways (column per row) down through a picture (H, W) that cross the least ink, through each place half-way."""
    price = ink + 0.01
    _, came = _fall(price)
    _, went = _fall(price[::-1])
    went = went[::-1]
    height = len(ink)
    middle = height // 2
    seams = []
    for place in places:
        seam = np.zeros(height)
        seam[middle] = int(place)
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
