"""A page of handwriting → its digits, one by one, in reading order.

Connected ink is cut where digits may touch, and pieces that lie close may belong together, as the bar of a 5. Of all
ways to put the pieces of a written line together, the one is taken whose parts the network is surest of: heuristic
over-segmentation and a shortest path, as in LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to
Document Recognition, 1998, section V.
"""

import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE, Box
from digits.segmentation.classifier_cost import MAX_DIGIT_COST, ClassifierCost, CostFunction
from digits.segmentation.components import Component, connected_components, merge, restore_left_out, union_box
from digits.segmentation.text_lines import CLOSE, gap_after, group_into_lines, merge_adjacent_lines, typical_size
from digits.segmentation.touching_digits import FLAT, SLIGHT, split_touching

FEW, SMALL = 8, 0.5  # clear digits, at least: what is half as large as so many is no dirt, small as it may be
DIRT = 0.2  # of the usual digit: what is smaller both ways is no digit by itself
HUGE = 2.5  # and what is so much higher
TALL = 1.6  # and no digit that is put together of pieces, or thin, is so much higher
THIN = 12  # times as high as wide: the rest of a ruled line, where it is higher than a digit
MANY, LONGEST = 6, 40  # pieces, at least, that may be print; a line of more is nothing else, unless they are clear
# Of a page's digits the network is clear about such a share, lower by so much over the root of their number; of the
# letters of print it is about fewer.
DIGITS, SLACK = 0.98, 1.2
TELLING = 10  # pieces: of more than that, no larger share has to be clear; tiny digits never are
LARGER = 1.3  # times the height of print: so is what is written on a form
CROWD = 600  # pieces of a digit's size: so many are digits for the most part, or none are
MANY_CUT = 9  # digits of one line that touch others: more are letters, unless they are clear
LOW = 0.5  # of the usual digit: what is no higher, as a minus, is no digits that touch
PAIR = 2.2  # times its height: what is wider is no two digits
PARTS = 3  # pieces that may make up one digit
JOIN = 0.3  # what it costs to put two pieces together: as they lie is likeliest
DROP = 4.0  # what it costs to leave out a small piece, for all of the line's height


def segment_page(ink: np.ndarray, cost: CostFunction) -> list[list[Component]]:
    """Find the digits of a page, written line by written line, each from left to right.

    ink: (H, W) float32, the share of the paper's light that is lacking, as `light.flattened` gives it. cost: the
    network's opinion. Empty paper has no lines.
    """
    pieces = connected_components(ink)
    if not pieces:
        return []
    opinion = ClassifierCost(cost)
    opinion.costs(pieces)  # all at once, which is quicker
    pale = [piece for piece in pieces if piece.pale]
    if not opinion.is_clear(pale):  # shadows, or the texture of the paper
        pieces = [piece for piece in pieces if not piece.pale]
        if not pieces:
            return []
    everything = pieces
    clear = opinion.clear(pieces)
    size = typical_size(clear or pieces)
    pieces = [piece for piece in pieces if _fits(piece.box, size)] or pieces
    if len(pieces) > CROWD and not opinion.is_clear(pieces):
        return []  # print, or texture: to put its pieces together would take seconds
    lines = group_into_lines(_stacked(pieces, size, opinion), size, opinion)
    # A page with print on it may be a form that somebody filled in, or a book.
    everywhere = [piece for line, high in lines for piece in _whole(line, high)]
    letters = [piece.box[3] for line, high in lines if _is_print(_whole(line, high), opinion) for piece in line]
    form = float(np.median(letters)) if letters and _is_print(everywhere, opinion) else 0.0
    lines = [
        (line, high)
        for line, high in lines
        if (len(line) <= LONGEST or opinion.is_clear(line)) and not _is_print(_whole(line, high), opinion, form)
    ]
    if _is_print([piece for line, high in lines for piece in _whole(line, high)], opinion, form):
        return []
    speck = SPECK_SHARE * max(ink.shape) if len(clear) < FEW else min(SPECK_SHARE * max(ink.shape), SMALL * size)
    found = [
        [part for part in _best_segmentation(line, high, opinion) if max(part.box[2:]) > speck] for line, high in lines
    ]
    parts = iter(restore_left_out([part for line in found for part in line], everything))
    return merge_adjacent_lines([[next(parts) for _ in line] for line in found if line])


def _fits(box: Box, size: float) -> bool:
    """Whether a digit of the usual size may have this box, or be a part of what has it."""
    _, _, width, height = box
    slender = height > max(THIN * width, TALL * size) or width > max(THIN * height, PAIR * size)
    return DIRT * size <= max(width, height) and height <= HUGE * size and not slender


def _whole(line: list[Component], size: float) -> list[Component]:
    """The pieces of a line that may be digits by themselves; those a little wide may be digits that touch."""
    return [piece for piece in line if piece.box[3] >= 0.4 * size and not 1 < piece.box[2] / piece.box[3] < PAIR]


def _is_print(pieces: list[Component], opinion: ClassifierCost, form: float = 0.0) -> bool:
    """Whether so many pieces look like no digit that they are letters, or a pattern: some pass for digits by chance.

    The more pieces there are, the less is left to chance. On a page with print so high, `form`, what is written has to
    be clear throughout, and larger.
    """
    if form:
        height = np.median([piece.box[3] for piece in pieces]) if pieces else 0
        return len(pieces) < 2 or height < LARGER * form or not opinion.is_clear(pieces, 1.0)
    return len(pieces) >= MANY and not opinion.is_clear(pieces, DIGITS - SLACK / np.sqrt(min(len(pieces), TELLING)))


def _stacked(pieces: list[Component], size: float, opinion: ClassifierCost) -> list[Component]:
    """The pieces, those put together that stand above each other and make one digit that the network is sure of."""
    pieces = sorted(pieces, key=lambda piece: piece.box[1])
    left, top, width, height = np.array([piece.box for piece in pieces]).T
    right, below = left + width, top + height
    pairs = []
    for at, upper in enumerate(pieces):
        after = slice(at + 1, np.searchsorted(top, below[at] + CLOSE * size))  # a page of print has thousands
        common = np.minimum(right[at], right[after]) - np.maximum(left[at], left[after])
        fitting = (
            (top[after] - below[at] > -CLOSE * size)
            & (common > 0.4 * np.minimum(width[at], width[after]))
            & (np.maximum(below[at], below[after]) - top[at] <= TALL * size)
        )
        pairs += [(upper, pieces[at + 1 + lower]) for lower in np.flatnonzero(fitting)]
    if not pairs:
        return pieces
    unions = [merge(list(pair)) for pair in pairs]
    prices = opinion.costs(unions)
    taken: set[Component] = set()
    made = []
    for index in np.argsort(prices):
        if prices[index] < MAX_DIGIT_COST and taken.isdisjoint(pairs[index]):
            taken.update(pairs[index])
            made.append(unions[index])
    return [piece for piece in pieces if piece not in taken] + made


def _best_segmentation(line: list[Component], size: float, opinion: ClassifierCost) -> list[Component]:
    """The likeliest way to make digits of the pieces of one line."""
    apart = [split_touching(piece, opinion) if piece.box[3] >= LOW * size else [piece] for piece in line]
    atoms = [part for parts in apart for part in parts]
    cut = [part for parts in apart if len(parts) > 1 for part in parts]
    if len(cut) > max(MANY_CUT, 0.5 * len(atoms)) and not opinion.is_clear(cut):
        return []  # words: so many digits do not touch
    edges = _candidate_groups(atoms, size)
    parts = [merge(atoms[start:stop]) for start, stop in edges]
    height = float(np.median([piece.box[3] for piece in atoms if piece.box[3] >= LOW * size] or [size]))
    prices = opinion.costs(parts) + [
        JOIN * (stop - start - 1) + FLAT * max(0.0, SLIGHT - part.box[3] / height)
        for part, (start, stop) in zip(parts, edges, strict=True)
    ]
    sizes = [max(atom.box[2:]) / height for atom in atoms]
    # Nothing that was cut off is left out: of a plus it would leave a 1.
    whole = [atom.source is None for atom in atoms]
    spare = [DROP * size if size < SLIGHT and uncut else np.inf for size, uncut in zip(sizes, whole, strict=True)]
    return _shortest_path(spare, edges, parts, prices)


def _candidate_groups(atoms: list[Component], size: float) -> list[tuple[int, int]]:
    """Which runs of atoms may be one digit: each by itself, and few that lie close."""
    edges = []
    for start in range(len(atoms)):
        for stop in range(start + 1, min(start + PARTS, len(atoms)) + 1):
            run = atoms[start:stop]
            if stop - start > 1:
                box = union_box(run)
                if gap_after(run[:-1], run[-1]) > CLOSE * size or box[2] > 1.3 * size or box[3] > TALL * size:
                    break
            edges.append((start, stop))
    return edges


def _shortest_path(
    spare: list[float], edges: list[tuple[int, int]], parts: list[Component], prices: np.ndarray
) -> list[Component]:
    """The cheapest way from the first atom to the last; `spare`: what it costs to leave each one out."""
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for stop, price in enumerate(spare, 1):
        ways = [(best[stop - 1][0] + price, best[stop - 1][1])]
        for index, (start, end) in enumerate(edges):
            if end == stop:
                ways.append((best[start][0] + float(prices[index]), [*best[start][1], index]))
        best.append(min(ways, key=lambda way: way[0]))
    return [parts[index] for index in best[-1][1]]
