"""A digit in small steps away from itself, and what the networks make of it."""

import base64

import numpy as np
import pytest
import torch
from pictures import png, shipped

from digits.explain.perturbations import KINDS, perturbations
from digits.recognition.classifier import DigitClassifier


@pytest.fixture(scope="module")
def image(classifier, ten):
    return classifier.prepare(png(ten[7])).image


def kind(image, name):
    return {each.amount: each.image for each in perturbations(image) if each.kind == name}


def test_every_kind_goes_from_small_to_large_and_is_the_same_each_time(image):
    found, again = perturbations(image), perturbations(image)
    assert list(dict.fromkeys(each.kind for each in found)) == list(KINDS)
    for each, other in zip(found, again, strict=True):
        assert (each.image.shape, each.image.dtype) == ((28, 28), np.float32)
        assert 0 <= each.image.min() < each.image.max() <= 1
        assert np.array_equal(each.image, other.image)
        assert not np.array_equal(each.image, image)
    for name in KINDS:
        changes = [np.abs(changed - image).sum() for changed in kind(image, name).values()]
        assert len(changes) > 1, name
        assert changes[0] < changes[-1], name


def test_a_shift_is_by_whole_pixels_and_what_leaves_the_picture_is_gone(image):
    for name, (down, across) in {"right": (0, 1), "up": (-1, 0), "left-down": (1, -1)}.items():
        for pixels, shifted in kind(image, name).items():
            padded = np.pad(image, 8)
            top, left = 8 - down * pixels, 8 - across * pixels
            np.testing.assert_allclose(shifted, padded[top : top + 28, left : left + 28], atol=1e-5, err_msg=name)


def test_the_other_kinds_do_what_they_are_called(image):
    def inks(name):
        return [image.sum(), *(changed.sum() for changed in kind(image, name).values())]

    assert inks("thicker") == sorted(inks("thicker"))
    assert inks("thinner") == sorted(inks("thinner"), reverse=True)
    assert inks("smaller") == sorted(inks("smaller"), reverse=True)
    assert inks("larger")[1] > image.sum()
    upright = np.zeros((28, 28), np.float32)
    upright[4:24, 13:15] = 1
    columns = np.arange(28)
    leaning = [changed[:14].sum(0) @ columns / changed[:14].sum() for changed in kind(upright, "turned-right").values()]
    assert leaning == sorted(leaning), "the top goes to the right"
    assert leaning[0] > 14
    bell = torch.nn.functional.conv2d
    spread = kind(image, "blurred")[1]
    weights = torch.exp(-(torch.arange(-3.0, 4.0) ** 2) / 2)
    expected = bell(
        torch.from_numpy(image)[None, None], (weights.outer(weights) / weights.sum() ** 2)[None, None], padding=3
    )
    np.testing.assert_allclose(spread, expected[0, 0], atol=1e-5)


def test_where_hardly_any_ink_is_left_there_is_no_variation():
    thin = np.zeros((28, 28), np.float32)
    thin[4:24, 14] = 1
    assert kind(thin, "thinner").keys() < set(KINDS["thinner"].amounts)
    assert kind(thin, "thicker").keys() == set(KINDS["thicker"].amounts)


def test_each_network_reads_the_very_pictures_that_the_call_shows(client, ten):
    names = ["five_conv", "mlp", "four_conv_tiny"]
    answer = client.post(f"/api/variations?models={','.join(names)}", data=png(ten[7]), content_type="image/png")
    body = answer.get_json()
    assert body["models"] == names
    assert [reading["digit"] for reading in body["readings"]] == [7, 7, 7]
    pictures = [np.frombuffer(base64.b64decode(each["image"]["data"]), np.uint8) for each in body["variations"]]
    batch = torch.from_numpy(np.stack(pictures).reshape(-1, 1, 28, 28)).float() / 255
    for i, name in enumerate(names):
        classifier = DigitClassifier.from_checkpoint(shipped(name))
        with torch.inference_mode():
            shares = (classifier.network(batch) / classifier.calibration.temperature).softmax(dim=1)
        told = [each["readings"][i] for each in body["variations"]]
        for share, reading in zip(shares, told, strict=True):
            assert share[reading["digit"]] >= share.max() - 0.02  # bytes are rounded
            assert reading["probability"] == pytest.approx(share[reading["digit"]].item(), abs=0.03)
    broken = [sum(each["readings"][i]["digit"] != 7 for each in body["variations"]) for i in range(3)]
    assert 0 < broken[0] < broken[1]


def test_without_a_choice_the_default_network_reads(client, ten):
    body = client.post("/api/variations", data=png(ten[7]), content_type="image/png").get_json()
    assert body["models"] == ["five_conv"]
    unknown = client.post("/api/variations?models=mlp,", data=png(ten[7]), content_type="image/png")
    assert (unknown.status_code, unknown.get_json()["type"]) == (404, "unknown-model")
