"""Splits digits that touch, if a classifier finds the parts likelier to be digits than the whole.

Cuts are seams of least ink, found by dynamic programming as in seam carving (Avidan, Shamir: Seam Carving for
Content-Aware Image Resizing, 2007), and straight lines, upright or leaning.
"""

import cv2
import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component, trim

MIN_PAIR_ASPECT = 0.45  # width over height: a narrower component is never two digits
MAX_PAIR_ASPECT = 4.0  # width over height: a wider component is not cut
CUT_POSITIONS = 12  # places across at which each kind of cut is tried
CUT_LEANS = (-0.5, -0.25, 0, 0.25)  # columns per row of straight cuts: handwriting leans to the right
MAX_CUTS_REFINED = 3  # the best cuts, whose halves are split again: one may be several digits itself
MAX_SPLIT_DEPTH = 2  # a component becomes at most four parts
SPLIT_COST_PER_PART = 1.1  # a component is most likely what it looks like
NARROW_PAIR_ASPECT = 1.3  # width over height: a narrower component is unlikely to be two digits
NARROW_PAIR_COST = 6.0  # times what the aspect lacks
LOW_PART_SHARE = 0.6  # of the line's height: a lower part is unlikely to be a digit
LOW_PART_COST = 8.0  # times what the height lacks
MAX_SEAM_HEIGHT_PX = 40  # seams are searched at this height
MIN_SEAM_SIDE_PX = 8  # and in no smaller picture
PAPER_COST = 0.01  # of a seam's pixel without ink, so that short seams are cheapest
SIDESTEP_COST = 0.02  # of a seam's step to the next column


def split_touching(component: Component, cost: ClassifierCost, depth: int = MAX_SPLIT_DEPTH) -> list[Component]:
    """Returns the parts of a component, left to right, or the component itself if that costs less."""
    return _best_split(component, cost, depth)[1]


def _best_split(component: Component, cost: ClassifierCost, depth: int) -> tuple[float, list[Component]]:
    """Returns the parts of least cost and that cost; `depth` is how often parts may be split."""
    _, _, width, height = component.box
    whole_cost = cost.cost(component)
    if depth == 0 or not MIN_PAIR_ASPECT < width / height < MAX_PAIR_ASPECT:
        return whole_cost, [component]
    split_cost = 2 * SPLIT_COST_PER_PART + NARROW_PAIR_COST * max(0.0, NARROW_PAIR_ASPECT - width / height)
    halves = _halves(component) if whole_cost > split_cost else []
    if not halves:
        return whole_cost, [component]
    half_costs = cost.costs([half for pair in halves for half in pair]).reshape(-1, 2)
    low_costs = [[low_part_cost(half.box[3] / height) for half in pair] for pair in halves]
    total_costs = half_costs.sum(axis=1) + np.sum(low_costs, axis=1) + split_cost
    best = whole_cost, [component]
    for index in np.argsort(total_costs)[:MAX_CUTS_REFINED]:
        refined = [_best_split(half, cost, depth - 1 if half.box[2] > half.box[3] else 0) for half in halves[index]]
        total = sum(part_cost for part_cost, _ in refined) + sum(low_costs[index]) + split_cost
        if total < best[0]:
            best = total, [part for _, parts in refined for part in parts]
    return best


def low_part_cost(height_share: float) -> float:
    """Returns the extra cost of a part that is low for a digit; `height_share` is of the line's height."""
    return LOW_PART_COST * max(0.0, LOW_PART_SHARE - height_share)


def _halves(component: Component) -> list[tuple[Component, Component]]:
    """Returns left and right halves of a component for each cut that leaves ink on both sides."""
    _, _, width, height = component.box
    scale = min(1.0, MAX_SEAM_HEIGHT_PX / height)
    size = max(MIN_SEAM_SIDE_PX, round(width * scale)), max(MIN_SEAM_SIDE_PX, round(height * scale))
    small = cv2.resize(component.ink, size, interpolation=cv2.INTER_AREA)
    positions = np.linspace(0, 1, CUT_POSITIONS + 2)[1:-1] * size[0]
    down = np.arange(size[1]) - (size[1] - 1) / 2
    straight = [position + lean * down for lean in CUT_LEANS for position in positions]
    rows = np.linspace(0, size[1] - 1, height)
    columns = np.arange(width)
    halves = []
    for cut in [*_seams(small, positions), *straight]:
        border = (np.interp(rows, np.arange(size[1]), cut) + 0.5) * width / size[0]
        left = columns < border[:, None]
        source = component.source or component
        pair = [trim(component.box, np.where(side, component.ink, 0), source) for side in (left, ~left)]
        if all(pair):
            halves.append((pair[0][0], pair[1][0]))
    return halves


def _seams(ink: np.ndarray, positions: np.ndarray) -> list[np.ndarray]:
    """Returns the cheapest seam through each position half-way down: (H,), a column per row."""
    cost = ink + PAPER_COST
    _, steps_up = _seam_cost(cost)
    _, steps_down = _seam_cost(cost[::-1])
    steps_down = steps_down[::-1]
    height = len(ink)
    middle = height // 2
    seams = []
    for position in positions:
        seam = np.zeros(height)
        seam[middle] = int(position)
        for row in range(middle, 0, -1):
            seam[row - 1] = seam[row] + steps_up[row, int(seam[row])]
        for row in range(middle, height - 1):
            seam[row + 1] = seam[row] + steps_down[row, int(seam[row])]
        seams.append(seam)
    return seams


def _seam_cost(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the cost of the cheapest seam from the top to each pixel, and its last step: (H, W).

    cost: (H, W), of each pixel. A step is −1, 0 or 1: a seam moves by at most one column a row.
    """
    total, step = cost.copy(), np.zeros(cost.shape, int)
    for row in range(1, len(cost)):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        choices = np.stack([above[1:-1], above[:-2] + SIDESTEP_COST, above[2:] + SIDESTEP_COST])
        total[row] += choices.min(axis=0)
        step[row] = np.array([0, -1, 1])[choices.argmin(axis=0)]
    return total, step
