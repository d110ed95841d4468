"""The colours of the pictures: those of the web page, and the maps from values to colours."""

import re

import numpy as np
from pictures import ROOT

from digits.pictures import palette


def test_the_palette_is_that_of_the_page():
    script, style = (ROOT / "static/js/lib/colormap.js").read_text(), (ROOT / "static/css/tokens.css").read_text()
    light = script.partition("light: {")[2].partition("dark: {")[0]
    triples = [tuple(map(int, found)) for found in re.findall(r"\[(\d+), (\d+), (\d+)\]", light)]
    assert triples == [palette.ZERO, *palette.STOPS_ABOVE, *palette.STOPS_BELOW]
    assert f"ink: [{', '.join(map(str, palette.DIGIT_INK))}]" in script
    names = {"ground": "GROUND", "paper": "PAPER", "ink": "INK", "soft": "SOFT", "quiet": "MUTED", "line": "LINE"}
    for token, name in {**names, "accent": "ABOVE", "below": "BELOW"}.items():
        assert re.search(rf"--{token}: (#\w+);", style).group(1) == getattr(palette, name)


def test_zero_is_paper_and_both_signs_are_equally_strong():
    colours = palette.signed_colours(np.array([-2, -1, 0, 1, 2, 9]), 2)
    assert [tuple(colour) for colour in colours[[0, 2, 4, 5]]] == [
        palette.STOPS_BELOW[-1], palette.ZERO, palette.STOPS_ABOVE[-1], palette.STOPS_ABOVE[-1],
    ]  # fmt: skip
    assert tuple(palette.signed_colours(np.zeros(1), 0.0)[0]) == palette.ZERO
    assert tuple(palette.ink_colours(np.ones(1))[0]) == palette.DIGIT_INK
