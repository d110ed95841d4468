"""Formats numbers as text for people."""

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float) -> str:
    """Returns two or three significant digits with a true minus sign: 0.074, −2.31, 128, 3.1·10⁻⁵."""
    size = abs(value)
    if size and not 0.005 <= size < 1e6:
        digits, exponent = f"{size:.1e}".split("e")
        text = f"{digits}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    else:
        decimals = 0 if size >= 100 else 1 if size >= 10 else 3 if 0 < size < 0.1 else 2
        text = f"{size:,.{decimals}f}"
    return f"−{text}" if value < 0 else text


def format_percent(share: float, decimals: int = 2) -> str:
    """Returns a share 0–1 as a percentage: 99.98 %. Returns 100 only for exactly 1."""
    most = 100 - 10**-decimals
    return f"{min(100 * share, most) if share < 1 else 100:.{decimals}f}\u00a0%"


def format_percent_exactly(share: float) -> str:
    """Returns a share 0–1 with enough decimals to differ from 0 and 1: 0.9980, 0.99999986, 8.3·10⁻⁷."""
    if 0 < share < 0.001:
        return format_number(share)
    rest = 1 - share
    return f"{share:.{max(4, min(12, 1 - math.floor(math.log10(rest)))) if rest > 0 else 4}f}"


def format_size(sizes: tuple[int, ...]) -> str:
    """Returns sizes with no-break spaces: 14 × 14."""
    return "\u00a0×\u00a0".join(f"{size:,}" for size in sizes)
