"""The colours of the web page, for pictures made in Python.

The page keeps its own copy; tests/digits/pictures/test_palette.py compares the two.
"""

import numpy as np

# The light theme of static/css/tokens.css.
GROUND = "#f6f2ea"
PAPER = "#fffefa"
INK = "#1d1a17"
SOFT = "#696256"
MUTED = "#998f80"
LINE = "#ddd6c9"
ABOVE = "#b3400f"  # positive values; correct predictions
BELOW = "#2162a8"  # negative values; mistakes
ABOVE_PALE = "#fdd3b0"
BELOW_PALE = "#bad5ec"

# The light colormap of static/js/lib/colormap.js: RGB at zero, then the stops towards the limit.
ZERO = (255, 254, 250)
STOPS_ABOVE = ((253, 211, 176), (240, 134, 68), (189, 66, 14), (107, 28, 4))
STOPS_BELOW = ((186, 213, 236), (100, 160, 212), (33, 98, 168), (10, 48, 98))
DIGIT_INK = (26, 24, 32)


def signed_colours(values: np.ndarray, limit: float) -> np.ndarray:
    """Maps values to RGB (…, 3) uint8: paper at 0, orange up to `limit`, blue down to −`limit`."""
    places = np.clip(np.asarray(values, np.float64) / (limit or 1.0), -1, 1) * len(STOPS_ABOVE)
    stops = np.arange(-len(STOPS_BELOW), len(STOPS_ABOVE) + 1)
    colours = np.array([*STOPS_BELOW[::-1], ZERO, *STOPS_ABOVE], np.float64)
    return _interpolate(places, stops, colours)


def ink_colours(values: np.ndarray) -> np.ndarray:
    """Maps a digit image, 0 = paper and 1 = ink, to RGB (…, 3) uint8."""
    return _interpolate(np.asarray(values), np.array([0, 1]), np.array([ZERO, DIGIT_INK], np.float64))


def _interpolate(places: np.ndarray, stops: np.ndarray, colours: np.ndarray) -> np.ndarray:
    channels = [np.interp(places, stops, channel) for channel in colours.T]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
