"""How much the fuzzing tests try, and how bytes are damaged.

A few examples, always the same ones; with INKLING_FUZZ=50 (or `make fuzz`) fifty times as many, new ones each time, and
Hypothesis prints how to repeat one that fails.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("INKLING_FUZZ", "1"))
# What a length or a size in a header is changed to.
LENGTHS = (bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\x40\0", b"\0\0\0\1", b"\1\0", b"\xff\xff", b"\x80")
# Values as JSON has them, and numbers that it has not.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(10**400),
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("image"), some, max_size=4),
    max_leaves=8,
)


def tried(examples: int) -> settings:
    """Run a property on so many examples; none is kept in a file, and none is too slow for a busy machine."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def damaged(draw, files: list[bytes]) -> bytes:
    """One of the files after one to four accidents: bytes changed, left out, doubled, taken from another, cut off."""
    data = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, min(len(data), draw(st.sampled_from([48, 400, len(data)])))))
        kind = draw(st.sampled_from(["flip", "length", "drop", "double", "splice", "random", "cut"]))
        some = slice(at, at + draw(st.integers(1, 64)))
        if kind == "flip":
            data[at : at + 1] = bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in data[at : at + 1])
        elif kind == "length":
            new = draw(st.sampled_from(LENGTHS))
            data[at : at + len(new)] = new
        elif kind == "drop":
            del data[some]
        elif kind == "double":
            data[at:at] = data[some]
        elif kind == "splice":
            data[at:] = draw(st.sampled_from(files))[at:]
        elif kind == "random":
            data[some] = draw(st.binary(max_size=64))
        else:
            del data[at:]
    return bytes(data)
