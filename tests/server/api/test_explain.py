"""`/api/explain`: the numbers of every layer of every network add up to PyTorch's own outputs."""

import base64

import numpy as np
import pytest
import torch
from pictures import blank, png, shipped

from digits.networks import checkpoint
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier

CLOSE = 1e-5  # of the sum of the products' sizes


def ask(client, data, **query):
    answer = client.post("/api/explain", query_string=query, data=data, content_type="image/png")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def unpack(part):
    """Returns the numbers of an answer as float64."""
    return np.frombuffer(base64.b64decode(part["data"], validate=True), "<f4").reshape(part["shape"]).astype(np.float64)


@torch.inference_mode()
def by_torch(name, image):
    """Returns PyTorch's own output of each layer: an oracle that does not use `DigitClassifier`."""
    network, facts = checkpoint.load(shipped(name))
    # Laid out as the reader has it: sums are added in another order otherwise, on some processors.
    network = network.eval().to(memory_format=torch.channels_last)
    value, answers = torch.from_numpy(image)[None, None].contiguous(memory_format=torch.channels_last), {}
    for layer, module in network.named_children():
        value = module(value)
        answers[layer] = value[0].double().numpy()
    answers["probabilities"] = torch.softmax(value / facts.calibration.temperature, dim=1)[0].double().numpy()
    return answers


# Each function rebuilds one cell from the answer: its value, and the sum of the absolute products.


def patch(body, cell):
    """Returns the window of each input map, (C, side, side), padded with zeros."""
    side, stride, padding = body["window"].values()
    padded = np.pad(unpack(body["input"]), ((0, 0), (padding, padding), (padding, padding)))
    y, x = (stride * place for place in cell)
    return padded[:, y : y + side, x : x + side]


def conv(body, cell):
    products = patch(body, cell) * unpack(body["weights"])
    return products.sum() + (body["bias"] or 0), np.abs(products).sum()


def linear(body, cell):
    products = unpack(body["input"]) * unpack(body["weights"])
    return products.sum() + body["bias"], np.abs(products).sum()


def batchnorm(body, cell):
    mean, variance, weight, bias, epsilon = body["norm"].values()
    scaled = (unpack(body["input"])[0][cell] - mean) / np.sqrt(variance + epsilon) * weight
    return scaled + bias, abs(scaled) + abs(bias)


def pool(body, cell):
    value = patch(body, cell).max()
    return value, abs(value)


def relu(body, cell):
    value = max(0.0, unpack(body["input"])[(0, *cell)])
    return value, value


def dropout(body, cell):
    value = unpack(body["input"])[(0, *cell)]
    return value, abs(value)


def flatten(body, cell):
    part = unpack(body["input"])
    assert body["input"]["first"] == body["map"] // part.size
    value = part.ravel()[body["map"] % part.size]
    return value, abs(value)


def softmax(body, cell):
    raised = np.exp(unpack(body["input"]) / body["temperature"])
    return (raised / raised.sum())[body["map"]], 1.0


REBUILT = {each.__name__: each for each in (conv, linear, batchnorm, pool, relu, dropout, flatten, softmax)}


def cells(shape):
    """Returns the corners and the centre of a map; a single number has one cell."""
    if not shape:
        return [()]
    return {(y, x) for y in (0, shape[0] // 2, shape[0] - 1) for x in (0, shape[1] // 2, shape[1] - 1)}


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.slow
def test_the_numbers_add_up_to_pytorchs_output(name, client, ten):
    classifier = DigitClassifier.from_checkpoint(shipped(name))
    answers = by_torch(name, classifier.prepare(png(ten[8])).image)
    assert {layer.kind for layer in classifier.layers} <= REBUILT.keys()
    before = "normalize"
    for layer in classifier.layers:
        count = layer.shape[0]
        for index in sorted({0, 1, count // 2, count - 1}):
            body = ask(client, png(ten[8]), model=name, layer=layer.name, map=index)
            assert (body["model"], body["layer"], body["kind"], body["map"]) == (name, layer.name, layer.kind, index)
            assert body["input"]["layer"] == before
            whole, first = answers[before], body["input"]["first"]
            some = whole[first : first + len(unpack(body["input"]))]
            assert unpack(body["input"]) == pytest.approx(some, abs=CLOSE * np.abs(whole).max())
            for cell in cells(unpack(body["output"]).shape):
                value, size = REBUILT[layer.kind](body, cell)
                assert value == pytest.approx(answers[layer.name][(index, *cell)], abs=CLOSE * size, rel=1e-6)
                assert value == pytest.approx(unpack(body["output"])[cell], abs=CLOSE * size, rel=1e-6)
        before = layer.name


def test_a_map_comes_with_its_batchnorm_and_relu(client, ten):
    body = ask(client, png(ten[5]), layer="conv3", map=7)
    assert body["bias"] is None
    assert [(step["layer"], step["kind"]) for step in body["after"]] == [("batchnorm3", "batchnorm"), ("relu3", "relu")]
    mean, variance, weight, bias, epsilon = body["after"][0]["norm"].values()
    normed = (unpack(body["output"]) - mean) / np.sqrt(variance + epsilon) * weight + bias
    assert unpack(body["after"][0]) == pytest.approx(normed, abs=1e-5)
    assert unpack(body["after"][1]) == pytest.approx(np.maximum(normed, 0), abs=1e-5)
    assert [step["layer"] for step in ask(client, png(ten[5]), layer="relu3", map=7)["after"]] == []


def test_only_the_inputs_of_the_map_are_sent(client, ten):
    sizes = {"conv1": [1, 28, 28], "conv3": [64, 10, 10], "batchnorm3": [1, 8, 8], "pool2": [1, 8, 8]}
    sizes |= {"flatten": [1, 2, 2], "dropout": [1], "logits": [512], "probabilities": [10]}
    for layer, shape in sizes.items():
        assert ask(client, png(ten[5]), layer=layer, map=9)["input"]["shape"] == shape


def test_scaling_and_centring_can_be_switched_off(client, ten):
    plain = ask(client, png(ten[5]), layer="conv1")
    left = ask(client, png(ten[5]), layer="conv1", scaled="off", centred="off")
    assert plain["input"]["data"] != left["input"]["data"]
    assert plain["weights"] == left["weights"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "conv1, batchnorm1"),
        ({"layer": "conv9"}, "conv1, batchnorm1"),
        ({"layer": "conv1", "map": 32}, "0 to 31"),
        ({"layer": "conv1", "map": -1}, "0 to 31"),
        ({"layer": "conv1", "map": "first"}, "0 to 31"),
        ({"layer": "conv1", "map": "²"}, "0 to 31"),
        ({"layer": "probabilities", "map": "9" * 5000}, "0 to 9"),
    ],
)
def test_an_unknown_layer_or_map_is_refused_with_the_known_ones(query, message, client, ten):
    answer = client.post("/api/explain", query_string=query, data=png(ten[1]), content_type="image/png")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["type"] == "unknown-map"
    assert message in answer.get_json()["detail"]


def test_a_blank_drawing_is_refused(client):
    answer = client.post("/api/explain?layer=conv1", data=blank(), content_type="image/png")
    assert (answer.status_code, answer.get_json()["type"]) == (422, "no-ink")
