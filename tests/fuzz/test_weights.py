"""Files of weights that nobody meant, and some that are meant ill: a network, or an error that says what is wrong."""

import copy
import io
import json
import math
import pickle
import warnings
import zipfile

import numpy as np
import pytest
import torch
from fuzzing import ANYTHING, damaged, tried
from hypothesis import given
from hypothesis import strategies as st
from pictures import ROOT, png

from digits.data.bundled import page_digits
from digits.errors import BadCheckpoint
from digits.networks import checkpoint, timeline
from digits.recognition.classifier import DigitClassifier

pytestmark = pytest.mark.slow

DIGIT = png(page_digits().images[120].numpy())
PAPER = np.zeros((28, 28), np.float32)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "suspicious.pth"


def saved(content) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


STATE = torch.load(ROOT / "models/four_conv_tiny.pth", weights_only=True)
MOMENTS = torch.load(ROOT / "models/four_conv_tiny.timeline", weights_only=True)
MOMENTS["moments"], MOMENTS["weights"] = (
    MOMENTS["moments"][:2],
    {name: value[:2].clone() for name, value in MOMENTS["weights"].items()},
)
OLD = io.BytesIO()
torch.save(STATE["state_dict"], OLD, _use_new_zipfile_serialization=False)
ARCHIVES = [saved(STATE), saved(STATE["state_dict"]), saved(MOMENTS)]
FILES = [*ARCHIVES, OLD.getvalue()]
NAMES = [
    "../../x",
    "/etc/x",
    "archive/data.pkl",
    "data.pkl",
    "archive/data/0",
    "archive\\data\\0",
    "a\0b",
    "é" * 300,
    ".",
]


@st.composite
def rezipped(draw):
    """A checkpoint whose archive has parts renamed, doubled, left out, or damaged, each with the right checksum."""
    with zipfile.ZipFile(io.BytesIO(draw(st.sampled_from(ARCHIVES)))) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(parts) - 1)) if draw(st.booleans()) else 0  # data.pkl comes first
        name, content = parts[at]
        change = draw(st.sampled_from(["damage", "damage", "rename", "double", "drop", "swap"]))
        if change == "damage":
            parts[at] = name, draw(damaged([content or b"0"]))
        elif change == "rename":
            parts[at] = draw(st.sampled_from(NAMES)), content
        elif change == "double":
            parts.append((name, draw(damaged([content or b"0"]))))
        elif change == "swap":
            parts[at] = name, draw(st.sampled_from(parts))[1]
        elif len(parts) > 1:
            del parts[at]
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", draw(st.sampled_from([0, 8]))) as archive:
        warnings.simplefilter("ignore")  # doubled names
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


# What makes a file where there was none, if it is called with that path.
HARMFUL = ["os mkdir {}", "os mknod {}", "os system touch {}", "builtins open {} w", "builtins exec open({!r},'w')"]
OTHER = ["torch load {}", "torch.hub load {}", "torch._utils _rebuild_tensor_v2 {} 0", "torch.storage UntypedStorage 9",
         "collections OrderedDict {}", "_codecs encode {}", "torch.nn.modules.linear Linear 9 9", "builtins getattr {}",
         "subprocess Popen {}", "numpy fromfile {}"]  # fmt: skip


def called(call: str, path: str, how: bytes = b"R") -> bytes:
    """A pickle that calls what is named, with the rest as its arguments."""
    module, name, *rest = call.split(" ", 2 if "system" in call else -1)
    arguments = tuple(int(each) if each.isdecimal() else each.format(path) for each in rest)
    packed = pickle.dumps(arguments, 2)[2:-1]  # without its own beginning and end
    return b"\x80\x02" + f"c{module}\n{name}\n".encode() + packed + how + b"."


@st.composite
def programs(draw, path):
    """A file that calls something, as it is or as part of an archive, and sometimes damaged."""
    how = draw(st.sampled_from([b"R", b"R", b"R", b"\x81", b"b"]))
    stream = called(draw(st.sampled_from(HARMFUL) | st.sampled_from(HARMFUL + OTHER)), path, how)
    stream = draw(st.just(stream) | damaged([stream]))
    if draw(st.booleans()):
        return stream
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", stream)
        archive.writestr("archive/version", "3\n")
    return file.getvalue()


def opened(path, content):
    """Load a file of weights both ways; what is read must read."""
    path.write_bytes(content)
    for load in (checkpoint.load, timeline.load):
        try:
            found = load(path)
        except BadCheckpoint:
            continue
        if load is timeline.load:
            assert np.isfinite(found.predict(PAPER).probabilities).all()
            assert json.dumps([vars(moment) for moment in found.snapshots], allow_nan=False)
        else:
            try:
                classifier = DigitClassifier(*found)
                classifier.warm()
                reading = classifier.predict(DIGIT)
            except BadCheckpoint:
                continue
            assert json.dumps(reading.summary(), allow_nan=False)


@pytest.mark.filterwarnings("ignore")  # a warning of PyTorch's is no refusal
@tried(150)
@given(data=st.binary(max_size=200) | damaged(FILES) | rezipped() | rezipped())
def test_any_bytes_are_loaded_or_refused_as_weights(data, path):
    opened(path, data)


@pytest.mark.filterwarnings("ignore")
@tried(60)
@given(data=st.data())
def test_no_code_in_a_file_runs(data, path):
    trace = path.with_name("trace")
    opened(path, data.draw(programs(str(trace))))
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", HARMFUL)
def test_such_code_would_have_run(call, tmp_path):
    pickle.loads(called(call, str(tmp_path / "trace")))
    assert (tmp_path / "trace").exists()


DTYPES = [
    torch.float32,
    torch.float16,
    torch.float64,
    torch.int64,
    torch.uint8,
    torch.bool,
    torch.complex64,
    torch.bfloat16,
]


@st.composite
def tensors(draw):
    shape = draw(st.lists(st.integers(0, 5), max_size=4))
    return torch.full(shape, draw(st.sampled_from([0, 1, 3, math.nan, math.inf, -1e38])), dtype=torch.float64).to(
        draw(st.sampled_from(DTYPES))
    )


@st.composite
def contents(draw):
    """What a file of ours holds, with values of other kinds in a few places."""
    content = copy.deepcopy(draw(st.sampled_from([STATE, MOMENTS, STATE["state_dict"]])))
    for _ in range(draw(st.integers(1, 2))):
        place = content
        while True:
            key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], (dict, list)) or not place[key] or draw(st.integers(0, 2)) == 0:
                break
            place = place[key]
        if isinstance(place[key], torch.Tensor) and draw(st.booleans()):
            place[key] = place[key] * draw(st.floats(width=16))
        else:
            place[key] = draw(ANYTHING | tensors())
    return content


@pytest.mark.filterwarnings("ignore")
@tried(100)
@given(content=contents())
def test_any_values_are_loaded_or_refused_as_weights(content, path):
    opened(path, saved(content))
