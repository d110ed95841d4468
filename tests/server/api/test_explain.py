"""/api/explain: what a map was computed from adds up to what PyTorch answers, for every layer of every network."""

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
    """The numbers of an answer, as exact as they came."""
    return np.frombuffer(base64.b64decode(part["data"], validate=True), "<f4").reshape(part["shape"]).astype(np.float64)


@torch.inference_mode()
def by_torch(name, image):
    """What PyTorch itself answers, layer by layer, and the temperature: an oracle apart from the reader."""
    network, facts = checkpoint.load(shipped(name))
    # Laid out as the reader has it: sums are added in another order otherwise, on some processors.
    network = network.eval().to(memory_format=torch.channels_last)
    value, answers = torch.from_numpy(image)[None, None].contiguous(memory_format=torch.channels_last), {}
    for layer, module in network.named_children():
        value = module(value)
        answers[layer] = value[0].double().numpy()
    answers["probabilities"] = torch.softmax(value / facts.calibration.temperature, dim=1)[0].double().numpy()
    return answers


# Each rebuilds one cell from the numbers sent: → the value, and the sum of the products' sizes.


def patch(told, cell):
    """What the window sees of each map that came, (C, side, side); beside the map lie zeros."""
    side, stride, padding = told["window"].values()
    padded = np.pad(unpack(told["input"]), ((0, 0), (padding, padding), (padding, padding)))
    y, x = (stride * place for place in cell)
    return padded[:, y : y + side, x : x + side]


def conv(told, cell):
    products = patch(told, cell) * unpack(told["weights"])
    return products.sum() + (told["bias"] or 0), np.abs(products).sum()


def linear(told, cell):
    products = unpack(told["input"]) * unpack(told["weights"])
    return products.sum() + told["bias"], np.abs(products).sum()


def batchnorm(told, cell):
    mean, variance, weight, bias, epsilon = told["norm"].values()
    scaled = (unpack(told["input"])[0][cell] - mean) / np.sqrt(variance + epsilon) * weight
    return scaled + bias, abs(scaled) + abs(bias)


def pool(told, cell):
    value = patch(told, cell).max()
    return value, abs(value)


def relu(told, cell):
    value = max(0.0, unpack(told["input"])[(0, *cell)])
    return value, value


def dropout(told, cell):
    value = unpack(told["input"])[(0, *cell)]
    return value, abs(value)


def flatten(told, cell):
    part = unpack(told["input"])
    assert told["input"]["first"] == told["map"] // part.size
    value = part.ravel()[told["map"] % part.size]
    return value, abs(value)


def softmax(told, cell):
    raised = np.exp(unpack(told["input"]) / told["temperature"])
    return (raised / raised.sum())[told["map"]], 1.0


REBUILT = {each.__name__: each for each in (conv, linear, batchnorm, pool, relu, dropout, flatten, softmax)}


def cells(shape):
    """The corners of a map, where padding lies, and its middle; of a number the number itself."""
    if not shape:
        return [()]
    return {(y, x) for y in (0, shape[0] // 2, shape[0] - 1) for x in (0, shape[1] // 2, shape[1] - 1)}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_numbers_sent_add_up_to_what_pytorch_answers(name, client, ten):
    classifier = DigitClassifier.from_checkpoint(shipped(name))
    answers = by_torch(name, classifier.prepare(png(ten[8])).image)
    assert {layer.kind for layer in classifier.layers} <= REBUILT.keys()
    before = "normalize"
    for layer in classifier.layers:
        count = layer.shape[0]
        for index in sorted({0, 1, count // 2, count - 1}):
            told = ask(client, png(ten[8]), model=name, layer=layer.name, map=index)
            assert (told["model"], told["layer"], told["kind"], told["map"]) == (name, layer.name, layer.kind, index)
            assert told["input"]["layer"] == before
            whole, first = answers[before], told["input"]["first"]
            some = whole[first : first + len(unpack(told["input"]))]
            assert unpack(told["input"]) == pytest.approx(some, abs=CLOSE * np.abs(whole).max())
            for cell in cells(unpack(told["output"]).shape):
                value, size = REBUILT[layer.kind](told, cell)
                assert value == pytest.approx(answers[layer.name][(index, *cell)], abs=CLOSE * size, rel=1e-6)
                assert value == pytest.approx(unpack(told["output"])[cell], abs=CLOSE * size, rel=1e-6)
        before = layer.name


def test_a_map_comes_with_what_batchnorm_and_relu_make_of_it(client, ten):
    told = ask(client, png(ten[5]), layer="conv3", map=7)
    assert told["bias"] is None
    assert [(step["layer"], step["kind"]) for step in told["after"]] == [("batchnorm3", "batchnorm"), ("relu3", "relu")]
    mean, variance, weight, bias, epsilon = told["after"][0]["norm"].values()
    normed = (unpack(told["output"]) - mean) / np.sqrt(variance + epsilon) * weight + bias
    assert unpack(told["after"][0]) == pytest.approx(normed, abs=1e-5)
    assert unpack(told["after"][1]) == pytest.approx(np.maximum(normed, 0), abs=1e-5)
    assert [step["layer"] for step in ask(client, png(ten[5]), layer="relu3", map=7)["after"]] == []


def test_only_what_belongs_to_the_map_is_sent(client, ten):
    sizes = {"conv1": [1, 28, 28], "conv3": [64, 10, 10], "batchnorm3": [1, 8, 8], "pool2": [1, 8, 8]}
    sizes |= {"flatten": [1, 2, 2], "dropout": [1], "logits": [512], "probabilities": [10]}
    for layer, shape in sizes.items():
        assert ask(client, png(ten[5]), layer=layer, map=9)["input"]["shape"] == shape


def test_the_switches_of_the_preparation_are_honoured(client, ten):
    plain = ask(client, png(ten[5]), layer="conv1")
    left = ask(client, png(ten[5]), layer="conv1", scaled="off", centred="off")
    assert plain["input"]["data"] != left["input"]["data"]
    assert plain["weights"] == left["weights"]


@pytest.mark.parametrize(
    ("query", "said"),
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
def test_what_does_not_exist_is_refused_with_what_does(query, said, client, ten):
    answer = client.post("/api/explain", query_string=query, data=png(ten[1]), content_type="image/png")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["type"] == "unknown-map"
    assert said in answer.get_json()["detail"]


def test_a_blank_drawing_has_nothing_to_explain(client):
    answer = client.post("/api/explain?layer=conv1", data=blank(), content_type="image/png")
    assert (answer.status_code, answer.get_json()["type"]) == (422, "no-ink")
