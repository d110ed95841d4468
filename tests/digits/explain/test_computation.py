"""What the pictures of a digit's way are made of, held against PyTorch's own answers."""

import re

import numpy as np
import pytest
import torch
from pictures import ROOT, shipped
from torch.nn import functional as F

from digits.data import mnist
from digits.explain.computation import convolution_terms, layer_steps, linear_terms
from digits.explain.gradient_step import gradient_step
from digits.pictures import palette
from digits.pictures.number_format import format_number, format_percent, format_percent_exactly
from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import PreparedDigit


def way(model, image):
    classifier = DigitClassifier.from_checkpoint(shipped(model))
    reading = classifier.classify(PreparedDigit(image, (0, 0, 28, 28), (0, 0, 28, 28), 28, 28, {}), layers=True)
    return classifier, {step.layer.name: step for step in layer_steps(classifier, image, reading.layers)}


@pytest.fixture(scope="module")
def image(sheet):
    return sheet.images[295].numpy().astype(np.float32) / 255


@pytest.mark.parametrize("label", [7, 1])
@pytest.mark.parametrize("model", ["three_block", "two_conv"])
def test_a_step_of_learning_is_that_of_torchs_sgd(model, label, image):
    network = DigitClassifier.from_checkpoint(shipped(model)).network
    untouched = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    found = gradient_step(network, image, label, rate=0.02)
    assert all(torch.equal(tensor, untouched[name]) for name, tensor in network.state_dict().items())

    own = DigitClassifier.from_checkpoint(shipped(model)).network.double().eval()
    batch, target = torch.from_numpy(image.astype(np.float64))[None, None], torch.tensor([label])
    before = {name: tensor.clone() for name, tensor in own.state_dict().items()}
    optimizer = torch.optim.SGD(own.parameters(), lr=0.02)
    logits = own(batch)
    logits.retain_grad()
    loss = F.cross_entropy(logits, target)
    loss.backward()
    optimizer.step()
    assert found.loss == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(found.gradient, logits.grad[0].numpy(), rtol=1e-9, atol=1e-15)
    with torch.no_grad():
        after = own(batch)
    assert found.loss_after == pytest.approx(F.cross_entropy(after, target).item(), rel=1e-9)
    np.testing.assert_allclose(found.probabilities_after, after.softmax(dim=1)[0].numpy(), rtol=1e-9)
    for change in found.changes:
        gradients = [parameter.grad for parameter in own.get_submodule(change.layer).parameters()]
        assert change.length == pytest.approx(torch.cat([each.flatten() for each in gradients]).norm().item())
        assert change.before == before[change.tensor][change.place].item()
        assert change.after == pytest.approx(own.state_dict()[change.tensor][change.place].item(), rel=1e-12)
        assert abs(change.gradient) == max(each.abs().max().item() for each in gradients)


@pytest.mark.parametrize(
    ("model", "name"), [("three_block", "conv1"), ("three_block", "conv2"), ("five_conv", "conv3")]
)
def test_the_sum_shown_for_a_convolution_is_its_answer(model, name, image):
    step = way(model, image)[1][name]
    _, height, width = step.values.shape
    for place in (step.peak, (0, 0, 0), (3, height - 1, width - 1), (5, height // 2, 0)):
        found = convolution_terms(step, place)
        assert found.parts.shape == (len(step.below),)
        assert found.parts.sum() + (found.bias or 0) == pytest.approx(step.values[place], abs=2e-5)


@pytest.mark.parametrize(("model", "name"), [("mlp", "fc1"), ("three_block", "fc1"), ("five_conv", "logits")])
def test_the_products_shown_for_a_unit_add_up_to_its_answer(model, name, image):
    step = way(model, image)[1][name]
    products, bias = linear_terms(step, 3)
    assert products.size == np.prod(step.maps)
    assert products.sum() + bias == pytest.approx(step.values[3], abs=2e-5)


@pytest.mark.parametrize("name", ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3"])
def test_a_number_depends_on_as_many_pixels_as_are_told(name, image):
    classifier, found = way("three_block", image)
    batch = torch.from_numpy(image)[None, None].requires_grad_()
    value = batch
    for layer, module in classifier.network.named_children():
        # Smooth stand-ins, through which every number below counts.
        value = torch.nn.functional.avg_pool2d(value, 2) if layer.startswith("pool") else value
        value = module(value) if layer.startswith(("conv", "batchnorm")) else value
        if layer == name:
            break
    middle = value.shape[2] // 2
    value[0, :, middle, middle].sum().backward()
    rows = torch.nonzero(batch.grad[0, 0].abs().sum(dim=1)).flatten()
    assert rows.max() - rows.min() + 1 == found[name].sees


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


def test_numbers_are_written_for_people():
    assert [format_number(value) for value in (0, -2.314, 0.0742, 12.34, 1234.5, -3.1e-5, 2e7)] == [
        "0.00", "−2.31", "0.074", "12.3", "1,234", "−3.1·10⁻⁵", "2.0·10⁷",
    ]  # fmt: skip
    assert [format_percent(value) for value in (1, 0.99999, 0.5)] == ["100.00\u00a0%", "99.99\u00a0%", "50.00\u00a0%"]
    assert [format_percent_exactly(value) for value in (0.998, 1 - 1.4e-7, 1, 2e-6)] == [
        "0.9980",
        "0.99999986",
        "1.0000",
        "2.0·10⁻⁶",
    ]


def test_mnist_is_taken_where_it_lies_and_never_fetched(tmp_path, monkeypatch):
    assert mnist.find_local(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
    raw = tmp_path / "MNIST/raw"
    raw.mkdir(parents=True)
    pixels, labels = np.arange(3 * 784, dtype=np.uint8), np.array([4, 0, 9], np.uint8)
    (raw / "train-images-idx3-ubyte").write_bytes(bytes(16) + pixels.tobytes())
    (raw / "train-labels-idx1-ubyte").write_bytes(bytes(8) + labels.tobytes())
    assert mnist.find_local(tmp_path) is None  # not MNIST's
    sums = {path.name: mnist.hashlib.sha256(path.read_bytes()).hexdigest() for path in raw.iterdir()}
    monkeypatch.setattr(mnist, "SHA256", sums)
    found = mnist.find_local(tmp_path)
    assert found.labels.tolist() == [4, 0, 9]
    assert found.images.shape == (3, 28, 28)
    assert found.images[1, 0, 0] == 784 % 256
