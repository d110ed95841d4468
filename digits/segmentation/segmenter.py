"""Segments a page of handwriting into digits: all stages in order, and the choice of groups.

Heuristic over-segmentation with a shortest path (Viterbi) through the lattice of candidate groups, as in LeCun, Bottou,
Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, section V.
"""

from dataclasses import dataclass

import numpy as np

from digits.imaging.preprocessing import SPECK_SHARE, Box
from digits.segmentation.classifier_cost import MAX_DIGIT_COST, ClassifierCost, CostFunction
from digits.segmentation.components import Component, connected_components, merge, restore_left_out, union_box
from digits.segmentation.illumination import normalize_illumination
from digits.segmentation.measures import strongest_ink
from digits.segmentation.print_detection import MAX_PAIR_ASPECT, drop_printed_text, drop_texture, is_dense_print
from digits.segmentation.printed_lines import remove_rulings, remove_tables
from digits.segmentation.text_lines import (
    MAX_GAP_SHARE,
    TextLine,
    gap_to,
    group_into_lines,
    merge_adjacent_lines,
    typical_size,
)
from digits.segmentation.touching_digits import LOW_PART_SHARE, low_part_cost, split_touching

MIN_INK_SHARE = 0.25  # of the strongest strokes: paler ink is the paper's lines or texture
MIN_DIGITS_FOR_SIZE = 8  # digit-like components: from this many on, a small digit is no dirt
MIN_SMALL_DIGIT_SHARE = 0.5  # of the usual digit: such a digit is at least this large
# Shares of the height of the usual digit:
MIN_PART_SHARE = 0.2  # a component smaller than this both ways is no part of a digit
MAX_COMPONENT_SHARE = 2.5  # a higher component is no digit
MAX_DIGIT_SHARE = 1.6  # a digit put together from parts, or a thin one, is no higher
MAX_DIGIT_WIDTH_SHARE = 1.3  # a digit put together from parts is no wider
MIN_SPLIT_SHARE = 0.5  # a lower component, as a minus, is not split
MIN_STACK_OVERLAP_SHARE = 0.4  # of the narrower component: parts of a digit above each other overlap more

MAX_LINE_ASPECT = 12  # longer over shorter side: a thinner component is the rest of a ruled line
MAX_CUT_PARTS = 9  # in a line: more parts of cut components are letters, except if they look like digits
MAX_CUT_PARTS_SHARE = 0.5  # of a line: the same for long lines
MAX_PARTS = 3  # components that make up one digit
JOIN_COST = 0.3  # of each component after the first in a group: a component is most likely what it looks like
DROP_COST = 4.0  # of leaving out a small component, times its size over the line's height


@dataclass(frozen=True)
class SegmentedPage:
    """Digits of a page.

    `lines`: the digits, line by line, left to right. `width`, `height`: of the page that their boxes refer to.
    """

    lines: list[list[Component]]
    width: int
    height: int


def segment_page(channels: list[np.ndarray], cost_function: CostFunction) -> SegmentedPage:
    """Returns the digits of a photo in reading order; a blank page has no lines.

    channels: one or three of (H, W) uint8, 0 = black, 255 = white. cost_function: −log of the probability that each
    digit image is one digit. Boxes refer to the page at its working size: a small photo is enlarged.
    """
    # 1. Illumination: the photo becomes ink on even paper.
    ink = normalize_illumination(channels)
    page = SegmentedPage([], width=ink.shape[1], height=ink.shape[0])
    if not ink.any():
        return page
    # 2. Printed lines are removed.
    strongest = strongest_ink(ink)
    mask = remove_tables((ink > MIN_INK_SHARE * strongest).astype(np.uint8))
    mask = remove_rulings(mask, faint=(ink > 0).astype(np.uint8))
    # 3. Connected components.
    components = connected_components(ink, mask, strongest)
    cost = ClassifierCost(cost_function)
    components = drop_texture(components, cost)
    if not components:
        return page
    # 4. Components of the size of a digit or of a part of one.
    digit_like = cost.digit_like(components)
    size = typical_size(digit_like or components)
    candidates = [component for component in components if _may_hold_digit(component.box, size)] or components
    if is_dense_print(candidates, cost):
        return page
    # 5. Text lines, without print.
    candidates = _join_stacked(candidates, size, cost)
    text_lines = group_into_lines(candidates, size, cost)
    text_lines = drop_printed_text(text_lines, cost)
    # 6. Candidate groups of each line, and the shortest path through them.
    lines = [_best_segmentation(line, cost) for line in text_lines]
    lines = _drop_specks(lines, SPECK_SHARE * max(ink.shape), size, len(digit_like))
    # 7. Reading order.
    digits = iter(restore_left_out([digit for line in lines for digit in line], components))
    lines = merge_adjacent_lines([[next(digits) for _ in line] for line in lines if line])
    return SegmentedPage(lines, page.width, page.height)


def _may_hold_digit(box: Box, size: float) -> bool:
    """Returns True if a component with this box may be, or may contain, a digit or a part of one."""
    _, _, width, height = box
    is_upright_line = height > max(MAX_LINE_ASPECT * width, MAX_DIGIT_SHARE * size)
    is_level_line = width > max(MAX_LINE_ASPECT * height, MAX_PAIR_ASPECT * size)
    is_digit_sized = MIN_PART_SHARE * size <= max(width, height) and height <= MAX_COMPONENT_SHARE * size
    return is_digit_sized and not is_upright_line and not is_level_line


def _join_stacked(components: list[Component], size: float, cost: ClassifierCost) -> list[Component]:
    """Joins pairs of components that stand above each other and together look like one digit."""
    components = sorted(components, key=lambda component: component.box[1])
    left, top, width, height = np.array([component.box for component in components]).T
    right, bottom = left + width, top + height
    pairs = []
    for index, upper in enumerate(components):
        # A page of print has thousands of components: only those that start near the lower end are compared.
        after = slice(index + 1, np.searchsorted(top, bottom[index] + MAX_GAP_SHARE * size))
        overlap = np.minimum(right[index], right[after]) - np.maximum(left[index], left[after])
        fitting = (
            (top[after] - bottom[index] > -MAX_GAP_SHARE * size)
            & (overlap > MIN_STACK_OVERLAP_SHARE * np.minimum(width[index], width[after]))
            & (np.maximum(bottom[index], bottom[after]) - top[index] <= MAX_DIGIT_SHARE * size)
        )
        pairs += [(upper, components[index + 1 + lower]) for lower in np.flatnonzero(fitting)]
    if not pairs:
        return components
    unions = [merge(list(pair)) for pair in pairs]
    costs = cost.costs(unions)
    used: set[Component] = set()
    joined = []
    for index in np.argsort(costs):
        if costs[index] < MAX_DIGIT_COST and used.isdisjoint(pairs[index]):
            used.update(pairs[index])
            joined.append(unions[index])
    return [component for component in components if component not in used] + joined


def _best_segmentation(line: TextLine, cost: ClassifierCost) -> list[Component]:
    """Returns the digits of one line: the cheapest path through its lattice; [] for words.

    Nodes are the places between atoms, which are components and parts of cut ones, left to right. An edge is a group
    of atoms that may be one digit, or an atom that is left out.
    """
    size = line.digit_height
    split = [
        split_touching(component, cost) if component.box[3] >= MIN_SPLIT_SHARE * size else [component]
        for component in line.components
    ]
    atoms = [part for parts in split for part in parts]
    cut = [part for parts in split if len(parts) > 1 for part in parts]
    if len(cut) > max(MAX_CUT_PARTS, MAX_CUT_PARTS_SHARE * len(atoms)) and not cost.look_like_digits(cut):
        return []
    groups = _candidate_groups(atoms, size)
    parts = [merge(atoms[start:stop]) for start, stop in groups]
    height = float(np.median([atom.box[3] for atom in atoms if atom.box[3] >= MIN_SPLIT_SHARE * size] or [size]))
    group_costs = cost.costs(parts) + [
        JOIN_COST * (stop - start - 1) + low_part_cost(part.box[3] / height)
        for part, (start, stop) in zip(parts, groups, strict=True)
    ]
    # A cut-off part is never left out: of a plus it would leave a 1.
    relative_sizes = [max(atom.box[2:]) / height for atom in atoms]
    drop_costs = [
        DROP_COST * relative_size if relative_size < LOW_PART_SHARE and atom.source is None else np.inf
        for relative_size, atom in zip(relative_sizes, atoms, strict=True)
    ]
    return [parts[index] for index in _shortest_path(drop_costs, groups, group_costs)]


def _candidate_groups(atoms: list[Component], size: float) -> list[tuple[int, int]]:
    """Returns the groups of atoms that may be one digit, as (start, stop).

    Each atom alone is a group, and so are up to three close together.
    """
    groups = []
    for start in range(len(atoms)):
        for stop in range(start + 1, min(start + MAX_PARTS, len(atoms)) + 1):
            run = atoms[start:stop]
            if stop - start > 1:
                _, _, width, height = union_box(run)
                is_apart = gap_to(run[:-1], run[-1]) > MAX_GAP_SHARE * size
                if is_apart or width > MAX_DIGIT_WIDTH_SHARE * size or height > MAX_DIGIT_SHARE * size:
                    break
            groups.append((start, stop))
    return groups


def _shortest_path(drop_costs: list[float], groups: list[tuple[int, int]], group_costs: np.ndarray) -> list[int]:
    """Returns the indices of the groups on the cheapest path from the first atom to the last.

    Dynamic programming (Viterbi) over the places between atoms.
        drop_costs: of leaving out each atom. groups: (start, stop) of each edge. group_costs: of each edge, (n,).
    """
    best: list[tuple[float, list[int]]] = [(0.0, [])]  # the cheapest path to each place between atoms
    for stop, drop_cost in enumerate(drop_costs, 1):
        paths = [(best[stop - 1][0] + drop_cost, best[stop - 1][1])]
        for index, (start, end) in enumerate(groups):
            if end == stop:
                paths.append((best[start][0] + float(group_costs[index]), [*best[start][1], index]))
        best.append(min(paths, key=lambda path: path[0]))
    return best[-1][1]


def _drop_specks(
    lines: list[list[Component]], speck: float, size: float, digit_like_count: int
) -> list[list[Component]]:
    """Drops the digits that are no longer than a speck, in pixels; small handwriting lowers this."""
    if digit_like_count >= MIN_DIGITS_FOR_SIZE:
        speck = min(speck, MIN_SMALL_DIGIT_SHARE * size)
    return [[digit for digit in line if max(digit.box[2:]) > speck] for line in lines]
