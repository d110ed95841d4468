"""Detects print and texture, whose components are not to be read as digits.

Single letters and patterns pass for digits by chance. Their share among many components tells them from handwriting.
"""

from collections.abc import Sequence

import numpy as np

from digits.segmentation.classifier_cost import ClassifierCost
from digits.segmentation.components import Component
from digits.segmentation.text_lines import TextLine

MIN_PRINT_COMPONENTS = 6  # fewer components are never taken for print
# On handwriting at least DIGITS_SHARE − SLACK/√n of n components look like digits; on print, fewer.
DIGITS_SHARE = 0.98
SLACK = 1.2
MAX_SLACK_COMPONENTS = 10  # n is at most this: very small digits never all look like digits
MAX_DENSE_COMPONENTS = 600  # of the size of a digit: more are nearly all digits, or none are
MAX_LINE_COMPONENTS = 40  # a line of more is print, except if they look like digits
MIN_HANDWRITING_RATIO = 1.3  # of the height of print: handwriting on a form is at least this much higher
MIN_HEIGHT_SHARE = 0.4  # of the line's digits: lower components are signs, or parts of digits
MAX_PAIR_ASPECT = 2.2  # width over height: two digits that touch are no wider
MIN_PRINT_DIGITS = 4  # predictions in a line: fewer are never taken for print
LOW_HEIGHT_SHARE = 0.6  # of the median height: signs such as − and = are lower, letters are not


def drop_texture(components: list[Component], cost: ClassifierCost) -> list[Component]:
    """Drops the pale components if few of them look like digits: they are shadows or paper."""
    cost.costs(components)  # one batch for all
    if cost.look_like_digits([component for component in components if component.pale]):
        return components
    return [component for component in components if not component.pale]


def is_dense_print(components: list[Component], cost: ClassifierCost) -> bool:
    """Returns True for a page of print or texture with too many components to group them fast."""
    return len(components) > MAX_DENSE_COMPONENTS and not cost.look_like_digits(components)


def drop_printed_text(lines: list[TextLine], cost: ClassifierCost) -> list[TextLine]:
    """Returns the lines without print; [] if what is left is print as a whole.

    A page with print may be a book, or a form that somebody filled in. Handwriting on a form is larger than the print,
    and all of it looks like digits.
    """
    letter_heights = [part.box[3] for line in lines if _is_print(_single_parts(line), cost) for part in line.components]
    letter_height = None
    if letter_heights and _is_print(_all_single_parts(lines), cost):
        letter_height = float(np.median(letter_heights))
    kept = [
        line
        for line in lines
        if (len(line.components) <= MAX_LINE_COMPONENTS or cost.look_like_digits(line.components))
        and _is_handwriting(_single_parts(line), letter_height, cost)
    ]
    return kept if _is_handwriting(_all_single_parts(kept), letter_height, cost) else []


def _is_handwriting(components: list[Component], letter_height: float | None, cost: ClassifierCost) -> bool:
    """Returns True for handwriting.

    letter_height: of the print on the page, in pixels; None for a page without print.
    """
    if letter_height is None:
        return not _is_print(components, cost)
    if len(components) < 2:
        return False
    height = np.median([component.box[3] for component in components])
    return bool(height >= MIN_HANDWRITING_RATIO * letter_height) and cost.look_like_digits(components, 1.0)


def _is_print(components: list[Component], cost: ClassifierCost) -> bool:
    """Returns True if too few components look like digits for handwriting."""
    if len(components) < MIN_PRINT_COMPONENTS:
        return False
    min_share = DIGITS_SHARE - SLACK / np.sqrt(min(len(components), MAX_SLACK_COMPONENTS))
    return not cost.look_like_digits(components, min_share)


def _single_parts(line: TextLine) -> list[Component]:
    """Returns the components of a line that may be single digits; slightly wide ones may be two."""
    return [
        component
        for component in line.components
        if component.box[3] >= MIN_HEIGHT_SHARE * line.digit_height
        and not 1 < component.box[2] / component.box[3] < MAX_PAIR_ASPECT
    ]


def _all_single_parts(lines: list[TextLine]) -> list[Component]:
    return [component for line in lines for component in _single_parts(line)]


def is_rejected_print(heights: Sequence[int], in_distribution: Sequence[bool], min_count: int) -> bool:
    """Returns True if more than half of the predictions, low ones aside, are out of distribution.

    heights: (n,) of the boxes, in pixels. in_distribution: (n,) of the predictions. Fewer than `min_count` predictions
    are never taken for print.
    """
    if len(heights) < min_count:
        return False
    min_height = LOW_HEIGHT_SHARE * np.median(heights)
    tall = [known for height, known in zip(heights, in_distribution, strict=True) if height > min_height]
    return sum(not known for known in tall) > len(tall) / 2
