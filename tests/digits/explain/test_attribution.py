"""Integrated gradients: the axioms, PyTorch's own gradients, and the call."""

import base64

import numpy as np
import pytest
import torch
from pictures import blank, png, shipped

from digits.explain.attribution import integrated_gradients
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier


@pytest.fixture(scope="module")
def classifiers():
    return {name: DigitClassifier.from_checkpoint(shipped(name)) for name in ARCHITECTURES}


@pytest.fixture(scope="module")
def images(ten):
    return [image.astype(np.float32) / 255 for image in ten]


def logits(network, image):
    with torch.inference_mode():
        return network(torch.from_numpy(image)[None, None])[0]


def by_definition(network, image, digit, steps=512):
    """The integral as a plain sum over many equal steps, on the network as it is."""
    batch = torch.linspace(1 / (2 * steps), 1 - 1 / (2 * steps), steps)[:, None, None, None] * torch.from_numpy(image)
    total = torch.zeros(28, 28)
    for part in batch.split(64):
        part.requires_grad_()
        total += torch.autograd.grad(network(part)[:, digit].sum(), part)[0].sum((0, 1))
    return (total / steps).numpy() * image


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.slow
def test_pixels_add_up_to_the_difference_of_the_two_scores(name, classifiers, images):
    network, paper = classifiers[name].network, np.zeros((28, 28), np.float32)
    for image in images:
        digit = int(logits(network, image).argmax())
        found = integrated_gradients(network, image, digit)
        assert found.drawing == pytest.approx(logits(network, image)[digit].item(), abs=1e-4)
        assert found.paper == pytest.approx(logits(network, paper)[digit].item(), abs=1e-4)
        everything = float(np.abs(found.pixels).sum())
        assert found.total == pytest.approx(found.drawing - found.paper, abs=0.01 * everything)
        assert (found.pixels.shape, found.pixels.dtype) == ((28, 28), np.float32)
        assert not found.pixels[image == 0].any(), "bare paper is what the drawing is compared with"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_importance_is_what_the_definition_gives_step_by_step(name, classifiers, images):
    network, image = classifiers[name].network, images[4]
    expected = by_definition(network, image, 9)
    found = integrated_gradients(network, image, 9).pixels
    assert np.abs(found - expected).sum() < 0.05 * np.abs(expected).sum()
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.995


@pytest.mark.slow
def test_more_steps_leave_less_unaccounted_for(classifiers, images):
    network = classifiers["five_conv"].network

    def missed(most):
        found = [integrated_gradients(network, image, digit, max_gradients=most) for digit, image in enumerate(images)]
        return sum(abs(each.total - (each.drawing - each.paper)) for each in found)

    assert missed(384) < missed(96) < missed(16)


def test_one_digit_against_another_is_the_difference_of_the_two(classifiers, images):
    network, image = classifiers["mlp"].network, images[7]
    both, seven, one = (
        integrated_gradients(network, image, *which, max_gradients=512) for which in ((7, 1), (7,), (1,))
    )
    assert both.drawing == pytest.approx(seven.drawing - one.drawing, abs=1e-4)
    np.testing.assert_allclose(both.pixels, seven.pixels - one.pixels, atol=0.02)


def test_the_weights_are_left_as_they_were(classifiers, images):
    network = classifiers["three_block"].network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    flags = [weight.requires_grad for weight in network.parameters()]
    integrated_gradients(network, images[2], 2)
    assert [weight.requires_grad for weight in network.parameters()] == flags
    assert all(weight.grad is None for weight in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not network.training


def ask(client, digit, query=""):
    answer = client.post(f"/api/importance{query}", data=png(digit), content_type="image/png")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_the_call_explains_the_digit_read_or_the_one_asked_for(client, classifier, ten):
    body = ask(client, ten[3])
    image = classifier.prepare(png(ten[3])).image
    found = integrated_gradients(classifier.network, image, 3)
    pixels = np.frombuffer(base64.b64decode(body["pixels"]["data"]), "<f4").reshape(28, 28)
    np.testing.assert_allclose(pixels, found.pixels, atol=1e-4)
    assert (body["model"], body["digit"], body["against"]) == ("five_conv", 3, None)
    assert (body["drawing"], body["paper"], body["sum"]) == pytest.approx(
        (found.drawing, found.paper, found.total), 1e-3
    )
    assert body["sum"] == pytest.approx(pixels.sum(), abs=1e-3)
    assert body["input"] == client.post("/api/predict", data=png(ten[3]), content_type="image/png").get_json()["input"]
    other = ask(client, ten[3], "?model=mlp&digit=8&against=3")
    assert (other["model"], other["digit"], other["against"]) == ("mlp", 8, 3)
    assert ask(client, ten[3], "?against=3")["against"] is None, "no digit against itself"
    assert other["drawing"] < 0 < ask(client, ten[3], "?model=mlp&digit=3&against=8")["drawing"]


@pytest.mark.parametrize("query", ["?digit=10", "?digit=", "?digit=seven", "?against=-1"])
def test_what_is_no_digit_cannot_be_explained(query, client, ten):
    answer = client.post(f"/api/importance{query}", data=png(ten[3]), content_type="image/png")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("path", ["/api/importance", "/api/variations"])
def test_bare_paper_cannot_be_explained(path, client):
    answer = client.post(path, data=blank(), content_type="image/png")
    assert (answer.status_code, answer.get_json()["type"]) == (422, "no-ink")
