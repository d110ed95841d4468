"""The pieces of a page as its written lines, in reading order; a page may lean, and have more than one size of hand."""

import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component, union_box

CLOSE = 0.3  # of the usual digit: pieces no further apart may belong together
FEWEST = 3  # clear digits that make a smaller hand
LYING = 0.7  # of the usual digit: what is so wide may be a digit though it is low
SMALL = 0.7  # of the height of another line's digits: lower ones are a smaller hand's


def group_into_lines(
    pieces: list[Component], size: float, opinion: ClassifierCost
) -> list[tuple[list[Component], float]]:
    """The written lines, top to bottom, each from left to right and with the size of its digits. A page may lean.

    What is written much smaller than the rest is a line of its own where the network takes enough of it for digits;
    else it belongs to the line that it is level with.
    """
    slope = _slope(pieces, size)
    tall = [piece for piece in pieces if piece.box[3] >= 0.5 * size] or pieces
    lines = _rows(tall, size, slope)
    high = set(tall)
    middles = np.array([np.mean([_level(piece, slope) for piece in line]) for line in lines])
    loose: list[Component] = []
    home: dict[Component, int] = {}  # which line a small piece is level with
    for piece in (piece for piece in pieces if piece not in high):
        away = np.abs(middles - _level(piece, slope))
        if away.min() < 0.8 * size:
            home[piece] = int(away.argmin())
        if piece not in home or gap_after(lines[home[piece]], piece) >= CLOSE * size:
            loose.append(piece)  # no stroke of a digit beside it
    smaller = _smaller(loose, slope, opinion)
    taken = {piece for row, _ in smaller for piece in row}
    for piece, line in home.items():
        if piece not in taken:
            lines[line].append(piece)
    # A low piece on a line of its own is a digit if it is as wide as a digit is high, and the network clear about it.
    alone = [piece for piece in loose if piece not in home and piece not in taken and piece.box[2] >= LYING * size]
    lines += _rows(opinion.clear(alone), size, slope)
    found = [*((line, size) for line in lines), *smaller]
    found.sort(key=lambda line: np.mean([_level(piece, slope) for piece in line[0]]))
    return [(sorted(line, key=_middle), height) for line, height in found]


def _smaller(pieces: list[Component], slope: float, opinion: ClassifierCost) -> list[tuple[list[Component], float]]:
    """The lines of a smaller hand, each with its size, among pieces that may be anything."""
    clear = opinion.clear(pieces)
    if len(clear) < FEWEST:
        return []
    size = typical_size(clear)
    rows = _rows([piece for piece in pieces if piece.box[3] >= 0.5 * size], size, slope)
    return [(row, size) for row in rows if len(set(clear).intersection(row)) >= max(2, 0.5 * len(row))]


def merge_adjacent_lines(lines: list[list[Component]]) -> list[list[Component]]:
    """The lines, two in a row as one where they stand beside each other: a smaller hand goes on where a larger ends."""
    merged: list[list[Component]] = []
    for line in lines:
        if merged and _goes_on(*sorted((merged[-1], line), key=_height)):
            merged[-1] = sorted([*merged[-1], *line], key=_middle)
        else:
            merged.append(line)
    return merged


def _goes_on(low: list[Component], high: list[Component]) -> bool:
    """Whether low digits stand left or right of much higher ones, level with the nearest of those."""
    if _height(low) >= SMALL * _height(high):
        return False
    left, right = sorted((low, high), key=lambda line: union_box(line)[0])
    end, start = max(left, key=_middle), min(right, key=_middle)
    small, large = (end, start) if left is low else (start, end)
    level = small.box[1] + small.box[3] / 2
    return end.box[0] + end.box[2] <= start.box[0] and large.box[1] < level < large.box[1] + large.box[3]


def _height(line: list[Component]) -> float:
    return float(np.median([piece.box[3] for piece in line]))


def _level(piece: Component, slope: float) -> float:
    """How far down the page the middle of a piece lies, on lines that fall by so much per pixel to the right."""
    x, y, width, height = piece.box
    return y + height / 2 - slope * (x + width / 2)


def _rows(pieces: list[Component], size: float, slope: float) -> list[list[Component]]:
    """Pieces of about one size as rows, from the top."""
    rows: list[list[Component]] = []
    for piece in sorted(pieces, key=lambda piece: _level(piece, slope)):
        if rows and _level(piece, slope) - np.mean([_level(other, slope) for other in rows[-1]]) < 0.6 * size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _slope(pieces: list[Component], size: float) -> float:
    """How far written lines fall per pixel to the right: the median over neighbours."""
    boxes = np.array([piece.box for piece in pieces if piece.box[3] >= 0.5 * size] or [(0, 0, 0, 0)])
    boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
    x, y, width, height = boxes.T
    middle = y + height / 2
    slopes = []
    for at in range(len(boxes)):
        start = np.searchsorted(x, x[at] + width[at] / 2, "right")
        stop = np.searchsorted(x, x[at] + width[at] + 3 * size)
        down = middle[start:stop] - middle[at]
        level = np.flatnonzero(np.abs(down) < 0.5 * size)
        if len(level):
            slopes.append((down[level[0]], x[start + level[0]] - x[at]))  # the nearest
    if len(slopes) < 2:
        return 0.0
    down, across = np.array(slopes).T
    return float(np.clip(down.sum() / across.sum(), -0.25, 0.25))


def typical_size(pieces: list[Component]) -> float:
    """The height of most of the ink, in pixels: specks count little."""
    sizes = np.sort([max(piece.box[3], 0.7 * piece.box[2]) for piece in pieces])
    weight = np.cumsum(sizes)
    return float(sizes[np.searchsorted(weight, weight[-1] / 2)])


def gap_after(run: list[Component], last: Component) -> float:
    """How far the last piece lies from the nearest of the others, across; 0 where it stands above or below one."""
    x, _, width, _ = last.box
    return min(max(0, x - piece.box[0] - piece.box[2], piece.box[0] - x - width) for piece in run)


def _middle(piece: Component) -> float:
    return piece.box[0] + piece.box[2] / 2
