"""Maps side by side, lists of numbers, and bars, put into a drawing."""

from dataclasses import dataclass

import numpy as np

from digits.pictures import palette
from digits.pictures.canvas import INNER, MARGIN, SMALL, TEXT, Canvas
from digits.pictures.number_format import format_number, format_percent
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

LABEL = 18  # pixels above each map, for its number
LARGEST = 14  # pixels to a number at most, where maps stand side by side
ROW = 32  # pixels to one of ten bars


@dataclass(frozen=True)
class Grid:
    """How maps stand: so many columns and rows, each number `cell` pixels large, `width` × `height` to each map."""

    columns: int
    rows: int
    cell: int
    width: float
    height: float


def arrange(count: int, rows: int, columns: int, tallest: int, beside: int = 0) -> Grid:
    """The grid in which `count` maps of rows × columns are largest, no higher than `tallest` pixels.

    beside: pixels that stand to the left of each map.
    """
    best = None
    for across in range(count if count <= 8 else 1, min(count, 32) + 1):
        down = -(-count // across)
        width = INNER / across
        room = width - beside - (10 if across > 1 else 0), tallest / down - LABEL - 6
        cell = min(LARGEST, int(room[0] // columns), int(room[1] // rows))
        grid = Grid(across, down, cell, min(width, beside + cell * columns + 34), cell * rows + LABEL + 6)
        if cell and (best is None or (cell, -down) > (best.cell, -best.rows)):
            best = grid
    return best or Grid(32, -(-count // 32), 1, INNER / 32, rows + LABEL + 6)


def mosaic(
    drawing: Canvas,
    values: np.ndarray,
    limit: float,
    tallest: int = 520,
    marked: int | None = None,
    kernels: np.ndarray | None = None,
) -> None:
    """All maps (C, H, W) side by side in one scale of colours, numbered from 1; `marked`, counted from 0, is framed.

    kernels: (C, side, side), drawn to the left of each map in a scale of their own.
    """
    small = 36 // kernels.shape[1] if kernels is not None else 0
    beside = small * kernels.shape[1] + 6 if kernels is not None else 0
    grid = arrange(*values.shape, tallest, beside)
    # One picture of them all: of a hundred small ones each would take as long.
    whole = np.full((round(grid.rows * grid.height) + 2, INNER + 2, 3), _rgb(palette.GROUND), np.uint8)
    drawing.tile(MARGIN - 1, drawing.y - 1, whole, 1, framed=False)
    for index, each in enumerate(values):
        x, y = round(index % grid.columns * grid.width), round(index // grid.columns * grid.height)
        if kernels is not None:
            _put(whole, x, y + LABEL, palette.signed_colours(kernels[index], np.abs(kernels).max()), small)
        _put(whole, x + beside, y + LABEL, palette.signed_colours(each, limit), grid.cell)
        left, top = MARGIN + x + beside, drawing.y + y + LABEL
        drawing.words(left, top - LABEL / 2, str(index + 1), SMALL, ABOVE if index == marked else SOFT)
        if index == marked:
            drawing.frame(left, top, grid.cell * each.shape[1], grid.cell * each.shape[0], ABOVE, 3)
    drawing.y += round(grid.rows * grid.height)


def _put(whole: np.ndarray, x: int, y: int, colours: np.ndarray, cell: int) -> None:
    """Enlarge a map into a picture, with a line of one pixel around it."""
    height, width = cell * colours.shape[0], cell * colours.shape[1]
    whole[y : y + height + 2, x : x + width + 2] = _rgb(palette.LINE)
    whole[y + 1 : y + 1 + height, x + 1 : x + 1 + width] = colours.repeat(cell, axis=0).repeat(cell, axis=1)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def vertical_bars(drawing: Canvas, values: np.ndarray, height: int, before: np.ndarray | None = None) -> None:
    """A list of numbers as upright bars over the whole width; what a bar was `before` shows pale behind it."""
    behind = values if before is None else before
    top = max(0.0, float(max(values.max(), behind.max())))
    bottom = min(0.0, float(min(values.min(), behind.min())))
    unit = height / ((top - bottom) or 1)
    zero = drawing.y + top * unit
    step = max(1, INNER // len(values))
    width = step - (1 if step > 2 else 0)
    for each, above, below in ((behind, palette.ABOVE_PALE, palette.BELOW_PALE), (values, ABOVE, BELOW)):
        for index in np.flatnonzero(each):
            value = float(each[index])
            top_left = MARGIN + index * step, zero - max(value, 0) * unit
            drawing.block(*top_left, width, abs(value) * unit, above if value > 0 else below)
    end = MARGIN + len(values) * step
    drawing.block(MARGIN, zero, end - MARGIN, 1, MUTED)
    drawing.words(end, drawing.y - 8, format_number(top), SMALL, SOFT, align="right")
    if bottom:
        drawing.words(end, drawing.y + height + 8, format_number(bottom), SMALL, SOFT, align="right")
    drawing.words(MARGIN, drawing.y + height + 10, "1", SMALL, SOFT)
    drawing.y += height + 24


def stripes(drawing: Canvas, values: np.ndarray, limit: float, per_row: int = 104) -> None:
    """A list of numbers as rows of small squares, with the number that each row begins with."""
    cell = (INNER - 56) // per_row
    for start in range(0, len(values), per_row):
        drawing.words(MARGIN + 46, drawing.y + cell / 2, f"{start + 1:,}", SMALL, SOFT, align="right")
        drawing.tile(
            MARGIN + 56,
            drawing.y,
            palette.signed_colours(values[start : start + per_row], limit)[None],
            cell,
            framed=False,
        )
        drawing.y += cell + 4
    drawing.y += 8


def ten_bars(
    drawing: Canvas,
    values: np.ndarray,
    x: float,
    width: float,
    words: list[str],
    marked: int,
    limit: float,
    row: int = ROW,
) -> None:
    """A bar for each digit, from zero in the middle where there are negative numbers; `words` stand behind each."""
    room = max(drawing.length(each, SMALL + 1) for each in words) + 14
    both = values.min() < 0
    zero = x + 26 + (width - 26 - room) / (2 if both else 1) * both
    unit = (width - 26 - room) / (2 if both else 1) / (limit or 1)
    for digit, (value, said) in enumerate(zip(values, words, strict=True)):
        y = drawing.y + digit * row
        drawing.words(x, y + row / 2, str(digit), TEXT, ABOVE if digit == marked else INK, bold=digit == marked)
        left = zero + min(value, 0) * unit
        drawing.block(left, y + 5, max(1, abs(value) * unit), row - 10, ABOVE if value >= 0 else BELOW)
        drawing.words(x + width, y + row / 2, said, SMALL + 1, INK if digit == marked else SOFT, align="right")
    drawing.block(zero, drawing.y, 1, 10 * row, MUTED)
    drawing.y += 10 * row


def probability_bars(drawing: Canvas, values: np.ndarray, x: float, width: float, marked: int, row: int = ROW) -> None:
    """Ten shares as bars with their percent."""
    ten_bars(drawing, values, x, width, [format_percent(value) for value in values], marked, 1.0, row)


def balance(drawing: Canvas, products: np.ndarray, bias: float, total: float) -> None:
    """A sum of many products as four bars: what speaks for it, what against it, the bias, and what is left."""
    up, down = products[products > 0], products[products < 0]
    lines = [
        (f"{len(up):,} products above zero", up.sum()),
        (f"{len(down):,} below zero", down.sum()),
        ("bias", bias),
        ("together", total),
    ]
    unit = (INNER - 420) / 2 / (max(abs(value) for _, value in lines) or 1)
    zero = MARGIN + 250 + (INNER - 420) / 2
    for index, (said, value) in enumerate(lines):
        y = drawing.y + 30 * index
        last = index == len(lines) - 1
        drawing.words(MARGIN, y + 12, said, TEXT - 2, INK, bold=last)
        drawing.block(zero + min(value, 0) * unit, y + 3, max(1, abs(value) * unit), 18, ABOVE if value >= 0 else BELOW)
        drawing.words(MARGIN + INNER, y + 12, format_number(value), TEXT - 2, INK, bold=last, align="right")
    drawing.block(zero, drawing.y, 1, 30 * len(lines), LINE)
    drawing.y += 30 * len(lines) + 8
