"""Timelines: what training keeps of a network on its way, over HTTP, and what becomes of bad files."""

import base64
import pickle

import numpy as np
import pytest
import torch
from pictures import ROOT, png, shuffled
from training_commands import same, weights

from digits.data import bundled
from digits.data.dataset import Digits
from digits.errors import BadCheckpoint
from digits.networks import timeline
from digits.recognition.classifier import DigitClassifier

SHIPPED = ROOT / "models" / "four_conv_tiny.timeline"


@pytest.fixture
def train(train, sheet, monkeypatch):
    """Runs the command as the others do, but looks at a hundred test digits only; returns what it prints."""
    digits = shuffled(sheet)
    few = bundled.BundledDigits(Digits(digits.images[:500], digits.labels[:500]), digits)
    monkeypatch.setattr(bundled, "load", lambda: few)

    def run(*arguments, status=0):
        options = "--model", "mlp", "--batch-size", 40, "--output", "net.pth"
        return train(*options, *arguments, status=status).output

    return run


def counts(path):
    return [moment.digits for moment in timeline.load(path).snapshots]


def test_training_keeps_moments_and_is_not_changed_by_it(train, tmp_path):
    train("--epochs", 2)
    plain = weights("net.pth")
    output = train("--epochs", 2, "--snapshots")
    assert same(plain, weights("net.pth"))
    assert "net.timeline: 11 snapshots" in output
    kept = timeline.load("net.timeline")
    assert [moment.digits for moment in kept.snapshots] == [0, 80, 120, 160, 200, 280, 320, 400, 520, 600, 640]
    assert (kept.architecture, kept.training_digits, kept.recipe["epochs"]) == ("mlp", 320, 2)
    for name, value in plain.items():
        torch.testing.assert_close(kept.networks[-1].state_dict()[name], value, rtol=1e-3, atol=1e-6)
    assert kept.snapshots[-1].accuracy > 30 > kept.snapshots[0].accuracy
    assert kept.snapshots[-1].loss < kept.snapshots[0].loss
    assert {path.name for path in tmp_path.iterdir()} == {"net.pth", "net.state.pth", "net.timeline"}


def test_a_stopped_run_goes_on_in_the_same_timeline(train, monkeypatch):
    train("--epochs", 2, "--snapshots", "whole.timeline")
    original, taken = timeline.round_to_float16, []

    def rounded(network):
        taken.append(1)
        if len(taken) == 10:  # in the second epoch
            raise KeyboardInterrupt
        return original(network)

    monkeypatch.setattr(timeline, "round_to_float16", rounded)
    said = train("--epochs", 2, "--snapshots", "part.timeline", status=130)
    assert counts("part.timeline")[-1] == 320
    assert f"part.timeline: {len(counts('part.timeline'))} snapshots" in said
    train("--epochs", 2, "--snapshots", "part.timeline", "--resume")
    one, other = timeline.load("whole.timeline"), timeline.load("part.timeline")
    assert one.snapshots == other.snapshots
    assert same(one.weights, other.weights)


def test_a_run_that_goes_on_without_its_timeline_says_where_it_begins(train):
    train("--epochs", 1)
    train("--epochs", 2, "--resume", "--snapshots", "late.timeline")
    assert counts("late.timeline")[0] == 320


def test_every_moment_reads_as_pytorch_does(client, ten):
    """The oracle: the file's own numbers, layer by layer."""
    told = client.get("/api/timeline").get_json()
    answer = client.post("/api/timeline", data=png(ten[7]), content_type="image/png").get_json()
    file = torch.load(SHIPPED, weights_only=True)
    assert [moment["digits"] for moment in told["moments"]][:3] == [0, 50, 100]
    assert 250 in [moment["digits"] for moment in told["moments"]]
    image = DigitClassifier.prepare(png(ten[7])).image
    functional = torch.nn.functional
    for at in (0, 9, -1):
        own = {name: tensor[at].float() for name, tensor in file["weights"].items()}
        value = (torch.from_numpy(image)[None, None] - 0.1307) / 0.3081
        for number in (1, 2, 3, 4):
            value = functional.conv2d(value, own[f"conv{number}.weight"], own[f"conv{number}.bias"])
            if number == 1:
                maps = decoded(answer["maps"])[at]
                assert np.abs(maps - value[0].numpy()).max() <= answer["maps"]["limit"] / 250
            value = functional.relu(value)
            if number in (2, 4):
                value = functional.max_pool2d(value, 2)
        value = functional.relu(functional.linear(value.flatten(1), own["fc1.weight"], own["fc1.bias"]))
        value = functional.linear(value, own["logits.weight"], own["logits.bias"])
        np.testing.assert_allclose(answer["probabilities"][at], value[0].softmax(0), atol=1e-4)
        kernels = decoded(told["kernels"])[at]
        assert np.abs(kernels - own["conv1.weight"][:, 0].numpy()).max() <= told["kernels"]["limit"] / 250
    assert int(np.argmax(answer["probabilities"][-1])) == 7


def decoded(moments):
    data = np.frombuffer(base64.b64decode(moments["data"]), np.uint8).reshape(moments["shape"])
    return (data.astype(np.float32) - 128) / 127 * moments["limit"]


def test_the_shipped_timeline_is_small_and_as_good_as_it_says():
    kept = timeline.load(SHIPPED)
    assert SHIPPED.stat().st_size < 2e6
    test = bundled.load().test
    some = Digits(test.images[::5], test.labels[::5])
    assert kept.measured == len(some)
    with torch.inference_mode():
        guesses = kept.networks[-1](some.batch(slice(None))).argmax(dim=1)
    assert 100 * (guesses == some.labels).float().mean().item() == pytest.approx(kept.snapshots[-1].accuracy, abs=0.2)


def test_a_network_without_convolutions_has_pictures_of_its_weights_and_no_maps(train, ten):
    train("--epochs", 1, "--snapshots")
    kept = timeline.load("net.timeline")
    assert kept.kernels().shape == (len(kept.snapshots), 24, 28, 28)
    assert kept.units == 128
    seen = kept.predict(ten[3].astype(np.float32) / 255)
    assert seen.maps is None
    assert seen.probabilities.shape == (len(kept.snapshots), 10)


def spoilt(change):
    content = torch.load(SHIPPED, weights_only=True)
    change(content)
    return content


class Code:
    def __reduce__(self):
        return print, ("run",)


def nan(content):
    content["weights"]["conv1.bias"][3] = float("nan")


def wide(content):
    tensor = content["weights"]["fc1.weight"]
    content["weights"]["fc1.weight"] = tensor[:, :1, :1].expand(-1, 20, 10**9)  # a few bytes in the file


BAD = {
    "a checkpoint": lambda: torch.load(ROOT / "models/mlp.pth", weights_only=True),
    "a list": lambda: [1, 2],
    "an unknown network": lambda: spoilt(lambda content: content.update(architecture="resnet")),
    "another network": lambda: spoilt(lambda content: content.update(architecture="mlp")),
    "no moment": lambda: spoilt(lambda content: content.update(moments=[])),
    "moments out of order": lambda: spoilt(lambda content: content["moments"].reverse()),
    "a moment too many": lambda: spoilt(lambda content: content["moments"].pop()),
    "an accuracy of 300 %": lambda: spoilt(lambda content: content["moments"][0].update(accuracy=300)),
    "an accuracy that is a tensor": lambda: spoilt(
        lambda content: content["moments"][0].update(accuracy=torch.ones(1))
    ),
    "a loss of yes": lambda: spoilt(lambda content: content["moments"][0].update(loss=True)),
    "fewer test digits than none": lambda: spoilt(lambda content: content.update(measured=-1)),
    "words for a loss": lambda: spoilt(lambda content: content["moments"][0].update(loss="low")),
    "weights that are no numbers": lambda: spoilt(nan),
    "weights of another shape": lambda: spoilt(wide),
    "weights that are whole numbers": lambda: spoilt(
        lambda content: content["weights"].update({"conv1.bias": torch.zeros(30, 4, dtype=torch.int64)})
    ),
    "a later format": lambda: spoilt(lambda content: content.update(format=2)),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_by_name(content, tmp_path):
    torch.save(content(), tmp_path / "bad.timeline")
    with pytest.raises(BadCheckpoint, match=r"bad\.timeline"):
        timeline.load(tmp_path / "bad.timeline")


@pytest.mark.parametrize(
    "content",
    [b"", b"no timeline", SHIPPED.read_bytes()[:9000], pickle.dumps(Code())],
    ids=["empty", "text", "cut", "code"],
)
def test_damaged_and_hostile_bytes_are_refused_and_never_run(content, tmp_path, capsys):
    path = tmp_path / "bad.timeline"
    path.write_bytes(content)
    with pytest.raises(BadCheckpoint, match=r"bad\.timeline"):
        timeline.load(path)
    assert "run" not in capsys.readouterr().out


def test_several_timelines_are_served_and_an_unknown_one_is_refused(client, tmp_path, ten):
    from server import create_app
    from server.settings import Settings

    checkpoint = tmp_path / "mnist_model.pth"
    checkpoint.write_bytes((ROOT / "mnist_model.pth").read_bytes())
    for name in ("b", "a"):
        (tmp_path / f"{name}.timeline").write_bytes(SHIPPED.read_bytes())
    (tmp_path / "mnist_model.timeline").write_bytes(b"broken")
    own = create_app(Settings(checkpoint=checkpoint, models=tmp_path)).test_client()
    told = own.get("/api/timeline").get_json()
    assert told["timeline"] == "a"
    assert sorted(told["timelines"]) == ["a", "b", "mnist_model"]
    assert own.get("/api/timeline?timeline=b").get_json()["timeline"] == "b"
    broken = own.get("/api/timeline?timeline=mnist_model")
    assert broken.status_code == 503
    assert "mnist_model.timeline" in broken.get_json()["detail"]
    unknown = own.post("/api/timeline?timeline=c", data=png(ten[7]), content_type="image/png")
    assert (unknown.status_code, unknown.get_json()["type"]) == (404, "no-timeline")
    (tmp_path / "mnist_model.timeline").unlink()
    empty = create_app(Settings(checkpoint=checkpoint, models=ROOT / "samples")).test_client()
    assert "--snapshots" in empty.get("/api/timeline").get_json()["detail"]
