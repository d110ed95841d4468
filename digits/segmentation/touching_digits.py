"""Digits that touch, cut apart where the network is surer of the parts than of the whole."""

import cv2
import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component, trim

SLIMMEST, WIDEST = 0.45, 4.0  # times its height: nothing less wide is two digits, nothing wider is cut
WAYS = 12  # places at which a piece is cut
LEANS = (-0.5, -0.25, 0, 0.25)  # columns per row of the straight cuts: writing leans to the right
TRIED = 3  # cuts whose halves are looked at again: one may be several digits itself
CUT = 1.1  # what each part of a piece that is cut costs: as it lies is likeliest
SLIM, NARROW = 1.3, 6.0  # a piece less wide than this share of its height is hardly two digits: so much more per part
SLIGHT, FLAT = 0.6, 8.0  # a part lower than this share of its line costs, so much for all of its height


def split_touching(piece: Component, opinion: ClassifierCost, depth: int = 2) -> list[Component]:
    """A piece as it is, or cut into the digits that touch in it: what the network is surer of."""
    return _best_split(piece, opinion, depth)[1]


def _best_split(piece: Component, opinion: ClassifierCost, depth: int) -> tuple[float, list[Component]]:
    _, _, width, height = piece.box
    whole = opinion.cost(piece)
    if depth == 0 or not SLIMMEST < width / height < WIDEST:
        return whole, [piece]
    extra = 2 * CUT + NARROW * max(0.0, SLIM - width / height)  # no cut costs less
    halves = _halves(piece) if whole > extra else []
    if not halves:
        return whole, [piece]
    doubts = opinion.costs([half for pair in halves for half in pair]).reshape(-1, 2)
    low = [[FLAT * max(0.0, SLIGHT - half.box[3] / height) for half in pair] for pair in halves]
    prices = doubts.sum(axis=1) + np.sum(low, axis=1) + extra
    best = whole, [piece]
    for index in np.argsort(prices)[:TRIED]:
        # Either half may be several digits itself.
        deeper = [_best_split(half, opinion, depth - 1 if half.box[2] > half.box[3] else 0) for half in halves[index]]
        price = sum(part for part, _ in deeper) + sum(low[index]) + extra
        if price < best[0]:
            best = price, [part for _, parts in deeper for part in parts]
    return best


def _halves(piece: Component) -> list[tuple[Component, Component]]:
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
        pair = [trim(piece.box, np.where(side, piece.ink, 0), piece.source or piece) for side in (left, ~left)]
        if all(pair):
            halves.append((pair[0][0], pair[1][0]))
    return halves


def _seams(ink: np.ndarray, places: np.ndarray) -> list[np.ndarray]:
    """The ways (column per row) down through a picture (H, W) that cross the least ink, through each place half-way."""
    price = ink + 0.01
    _, came = _seam_cost(price)
    _, went = _seam_cost(price[::-1])
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


def _seam_cost(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each pixel the cheapest way to it from the top, by at most one column a row, and the step that led to it."""
    total, step = price.copy(), np.zeros(price.shape, int)
    for row in range(1, len(price)):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        three = np.stack([above[1:-1], above[:-2] + 0.02, above[2:] + 0.02])
        choice = three.argmin(axis=0)
        total[row] += three.min(axis=0)
        step[row] = np.array([0, -1, 1])[choice]
    return total, step
