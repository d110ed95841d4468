"""The colours of the page, for pictures made in Python: numbers → RGB. A test holds them to be equal."""

import numpy as np

GROUND, PAPER, INK, SOFT, MUTED, LINE = "#f6f2ea", "#fffefa", "#1d1a17", "#696256", "#998f80", "#ddd6c9"
ABOVE, BELOW = "#b3400f", "#2162a8"  # the two hues: above zero, below zero; right, wrong
ABOVE_PALE, BELOW_PALE = "#fdd3b0", "#bad5ec"

# Of static/js/lib/colormap.js, light: paper at zero, then stops towards the strongest number.
ZERO = (255, 254, 250)
STOPS_ABOVE = ((253, 211, 176), (240, 134, 68), (189, 66, 14), (107, 28, 4))
STOPS_BELOW = ((186, 213, 236), (100, 160, 212), (33, 98, 168), (10, 48, 98))
DIGIT_INK = (26, 24, 32)


def signed_colours(values: np.ndarray, limit: float) -> np.ndarray:
    """Numbers of any shape as RGB (…, 3) uint8: paper at zero, orange up to `limit`, blue down to −`limit`."""
    places = np.clip(np.asarray(values, np.float64) / (limit or 1.0), -1, 1) * len(STOPS_ABOVE)
    stops = np.arange(-len(STOPS_BELOW), len(STOPS_ABOVE) + 1)
    colours = np.array([*STOPS_BELOW[::-1], ZERO, *STOPS_ABOVE], np.float64)
    return _mixed(places, stops, colours)


def ink_colours(values: np.ndarray) -> np.ndarray:
    """A digit image, 0 = paper, 1 = ink, as RGB (…, 3) uint8."""
    return _mixed(np.asarray(values), np.array([0, 1]), np.array([ZERO, DIGIT_INK], np.float64))


def _mixed(places: np.ndarray, stops: np.ndarray, colours: np.ndarray) -> np.ndarray:
    channels = [np.interp(places, stops, channel) for channel in colours.T]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
