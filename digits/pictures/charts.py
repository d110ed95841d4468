"""Charts drawn on a canvas: mosaics of maps, lists of numbers, and bars."""

from dataclasses import dataclass

import numpy as np

from digits.pictures import palette
from digits.pictures.canvas import INNER_PX, MARGIN_PX, SMALL_PX, TEXT_PX, Canvas
from digits.pictures.number_format import format_number, format_percent
from digits.pictures.palette import ABOVE, BELOW, INK, LINE, MUTED, SOFT

LABEL_PX = 18  # height of the number above each map
MAX_CELL_PX = 14  # side of one value in a mosaic
BAR_ROW_PX = 32  # height of one of ten bars


@dataclass(frozen=True)
class Grid:
    """The layout of a mosaic: columns, rows, pixels a value, and the pixels reserved for each map."""

    columns: int
    rows: int
    cell: int
    width: float
    height: float


def arrange_grid(count: int, rows: int, columns: int, tallest: int, beside: int = 0) -> Grid:
    """Returns the layout in which `count` maps of rows × columns are largest.

    tallest: maximum height of the mosaic in pixels.
    beside: pixels reserved to the left of each map.
    """
    best = None
    for across in range(count if count <= 8 else 1, min(count, 32) + 1):
        down = -(-count // across)
        width = INNER_PX / across
        room = width - beside - (10 if across > 1 else 0), tallest / down - LABEL_PX - 6
        cell = min(MAX_CELL_PX, int(room[0] // columns), int(room[1] // rows))
        grid = Grid(across, down, cell, min(width, beside + cell * columns + 34), cell * rows + LABEL_PX + 6)
        if cell and (best is None or (cell, -down) > (best.cell, -best.rows)):
            best = grid
    return best or Grid(32, -(-count // 32), 1, INNER_PX / 32, rows + LABEL_PX + 6)


def draw_mosaic(
    canvas: Canvas,
    values: np.ndarray,
    limit: float,
    tallest: int = 520,
    marked: int | None = None,
    kernels: np.ndarray | None = None,
) -> None:
    """Draws maps (C, H, W) side by side with one colour scale, numbered from 1.

    limit: value at the end of the colour scale.
    tallest: maximum height in pixels.
    marked: index of the map that is framed, from 0.
    kernels: (C, side, side), drawn to the left of each map with their own colour scale.
    """
    small = 36 // kernels.shape[1] if kernels is not None else 0
    beside = small * kernels.shape[1] + 6 if kernels is not None else 0
    grid = arrange_grid(values.shape[0], values.shape[1], values.shape[2], tallest, beside)
    # One image for all maps; drawing each map separately takes much longer.
    whole = np.full((round(grid.rows * grid.height) + 2, INNER_PX + 2, 3), _parse_hex(palette.GROUND), np.uint8)
    canvas.tile(MARGIN_PX - 1, canvas.y - 1, whole, 1, framed=False)
    for index, each in enumerate(values):
        x, y = round(index % grid.columns * grid.width), round(index // grid.columns * grid.height)
        if kernels is not None:
            _paste_map(whole, x, y + LABEL_PX, palette.signed_colours(kernels[index], np.abs(kernels).max()), small)
        _paste_map(whole, x + beside, y + LABEL_PX, palette.signed_colours(each, limit), grid.cell)
        left, top = MARGIN_PX + x + beside, canvas.y + y + LABEL_PX
        canvas.words(left, top - LABEL_PX / 2, str(index + 1), SMALL_PX, ABOVE if index == marked else SOFT)
        if index == marked:
            canvas.frame(left, top, grid.cell * each.shape[1], grid.cell * each.shape[0], ABOVE, 3)
    canvas.y += round(grid.rows * grid.height)


def _paste_map(whole: np.ndarray, x: int, y: int, colours: np.ndarray, cell: int) -> None:
    """Enlarges a map into the image, with a border of one pixel."""
    height, width = cell * colours.shape[0], cell * colours.shape[1]
    whole[y : y + height + 2, x : x + width + 2] = _parse_hex(palette.LINE)
    whole[y + 1 : y + 1 + height, x + 1 : x + 1 + width] = colours.repeat(cell, axis=0).repeat(cell, axis=1)


def _parse_hex(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def draw_vertical_bars(canvas: Canvas, values: np.ndarray, height: int, before: np.ndarray | None = None) -> None:
    """Draws values as upright bars over the whole width, in front of pale bars for `before`."""
    behind = values if before is None else before
    top = max(0.0, float(max(values.max(), behind.max())))
    bottom = min(0.0, float(min(values.min(), behind.min())))
    unit = height / ((top - bottom) or 1)
    zero = canvas.y + top * unit
    step = max(1, INNER_PX // len(values))
    width = step - (1 if step > 2 else 0)
    for each, above, below in ((behind, palette.ABOVE_PALE, palette.BELOW_PALE), (values, ABOVE, BELOW)):
        for index in np.flatnonzero(each):
            value = float(each[index])
            top_left = MARGIN_PX + index * step, zero - max(value, 0) * unit
            canvas.block(*top_left, width, abs(value) * unit, above if value > 0 else below)
    end = MARGIN_PX + len(values) * step
    canvas.block(MARGIN_PX, zero, end - MARGIN_PX, 1, MUTED)
    canvas.words(end, canvas.y - 8, format_number(top), SMALL_PX, SOFT, align="right")
    if bottom:
        canvas.words(end, canvas.y + height + 8, format_number(bottom), SMALL_PX, SOFT, align="right")
    canvas.words(MARGIN_PX, canvas.y + height + 10, "1", SMALL_PX, SOFT)
    canvas.y += height + 24


def draw_stripes(canvas: Canvas, values: np.ndarray, limit: float, per_row: int = 104) -> None:
    """Draws values as rows of small squares; each row starts with the index of its first value."""
    cell = (INNER_PX - 56) // per_row
    for start in range(0, len(values), per_row):
        canvas.words(MARGIN_PX + 46, canvas.y + cell / 2, f"{start + 1:,}", SMALL_PX, SOFT, align="right")
        canvas.tile(
            MARGIN_PX + 56,
            canvas.y,
            palette.signed_colours(values[start : start + per_row], limit)[None],
            cell,
            framed=False,
        )
        canvas.y += cell + 4
    canvas.y += 8


def draw_digit_bars(
    canvas: Canvas,
    values: np.ndarray,
    x: float,
    width: float,
    texts: list[str],
    marked: int,
    limit: float,
    row: int = BAR_ROW_PX,
) -> None:
    """Draws a horizontal bar for each digit, with a text behind it.

    Zero is in the middle if there are negative values. limit: value of the longest bar. marked: the highlighted digit.
    """
    room = max(canvas.length(each, SMALL_PX + 1) for each in texts) + 14
    both = values.min() < 0
    zero = x + 26 + (width - 26 - room) / (2 if both else 1) * both
    unit = (width - 26 - room) / (2 if both else 1) / (limit or 1)
    for digit, (value, text) in enumerate(zip(values, texts, strict=True)):
        y = canvas.y + digit * row
        canvas.words(x, y + row / 2, str(digit), TEXT_PX, ABOVE if digit == marked else INK, bold=digit == marked)
        left = zero + min(value, 0) * unit
        canvas.block(left, y + 5, max(1, abs(value) * unit), row - 10, ABOVE if value >= 0 else BELOW)
        canvas.words(x + width, y + row / 2, text, SMALL_PX + 1, INK if digit == marked else SOFT, align="right")
    canvas.block(zero, canvas.y, 1, 10 * row, MUTED)
    canvas.y += 10 * row


def draw_probability_bars(
    canvas: Canvas, values: np.ndarray, x: float, width: float, marked: int, row: int = BAR_ROW_PX
) -> None:
    """Draws ten probabilities as bars with their percentages."""
    draw_digit_bars(canvas, values, x, width, [format_percent(value) for value in values], marked, 1.0, row)


def draw_sum_bars(canvas: Canvas, products: np.ndarray, bias: float, total: float) -> None:
    """Draws a sum of products as four bars: positive products, negative products, bias, total."""
    up, down = products[products > 0], products[products < 0]
    lines = [
        (f"{len(up):,} products above zero", up.sum()),
        (f"{len(down):,} below zero", down.sum()),
        ("bias", bias),
        ("together", total),
    ]
    unit = (INNER_PX - 420) / 2 / (max(abs(value) for _, value in lines) or 1)
    zero = MARGIN_PX + 250 + (INNER_PX - 420) / 2
    for index, (text, value) in enumerate(lines):
        y = canvas.y + 30 * index
        last = index == len(lines) - 1
        canvas.words(MARGIN_PX, y + 12, text, TEXT_PX - 2, INK, bold=last)
        canvas.block(zero + min(value, 0) * unit, y + 3, max(1, abs(value) * unit), 18, ABOVE if value >= 0 else BELOW)
        canvas.words(MARGIN_PX + INNER_PX, y + 12, format_number(value), TEXT_PX - 2, INK, bold=last, align="right")
    canvas.block(zero, canvas.y, 1, 30 * len(lines), LINE)
    canvas.y += 30 * len(lines) + 8
