"""`DigitClassifier`: bytes → predictions."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from commands import python
from pictures import alike, blank, drawn, encoded, placed, png, shipped
from PIL import Image, ImageDraw

from digits.errors import BadCheckpoint, NoInk
from digits.networks.architectures import ARCHITECTURES, build
from digits.networks.ood_head import attach_ood_head
from digits.recognition.classifier import DigitClassifier
from digits.recognition.page_reader import PageReader
from digits.training.recipes import DEFAULT_MODEL


def test_a_reading_has_all_its_fields_in_their_ranges(classifier, ten):
    for digit, image in enumerate(ten):
        reading = classifier.predict(png(image))
        assert reading.digit == digit
        assert len(reading.probabilities) == 10
        assert all(0 <= share <= 1 for share in reading.probabilities)
        assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)
        assert max(reading.probabilities) == reading.probabilities[digit]
        assert reading.sure == (reading.unsure_reason is None)
        assert (reading.image.shape, reading.image.dtype) == ((28, 28), np.float32)
        assert reading.image.min() == 0
        assert reading.image.max() == 1
        x, y, width, height = reading.box
        assert 0 <= x < x + width <= 280
        assert 0 <= y < y + height <= 280
        assert reading.layers == []
        assert reading.milliseconds
        assert all(time >= 0 for time in reading.milliseconds.values())


def test_the_claim_is_what_softmax_makes_of_the_logits_and_the_probabilities_are_calibrated(classifier, ten):
    eight_and_three = np.maximum(ten[8], ten[3])
    reading = classifier.predict(png(eight_and_three))
    with torch.inference_mode():
        logits = classifier.network(torch.from_numpy(reading.image)[None, None])[0, :10]
    assert reading.uncalibrated_confidence == pytest.approx(logits.softmax(0).max().item(), abs=1e-5)
    calibrated = (logits / classifier.calibration.temperature).softmax(0).tolist()
    assert reading.probabilities == pytest.approx(calibrated, abs=1e-5)
    assert reading.uncalibrated_confidence > max(reading.probabilities) + 1e-4


def test_a_page_is_read_as_the_digit_on_it(classifier, ten):
    data = encoded(placed(ten[6], (500, 300), (300, 40), 160))
    page, reading = PageReader(classifier).read(data), classifier.predict(data)
    assert (page.width, page.height, page.text) == (500, 300, "6")
    [found] = page.digits
    assert (found.digit, found.sure) == (6, True)
    assert np.abs(np.subtract(found.box, reading.box)).max() <= 3
    assert alike(found.image, reading.image) > 0.97


@pytest.mark.quality
@pytest.mark.parametrize("tilt", [0, 3, 12, 24])
def test_a_straight_upright_stroke_is_a_sure_1_with_any_pen(tilt, classifier):
    for width in (10, 16, 22, 28, 32, 38, 44):
        for height in (160, 240, 320, 440):
            page = Image.new("L", (560, 560), 255)
            lean = height * math.tan(math.radians(tilt)) / 2
            stroke = (280 - lean, 280 + height / 2, 280 + lean, 280 - height / 2)
            pen = ImageDraw.Draw(page)
            pen.line(stroke, fill=0, width=width)
            for x, y in (stroke[:2], stroke[2:]):
                pen.circle((x, y), width / 2, fill=0)
            reading = classifier.predict(encoded(page))
            assert (reading.digit, reading.unsure_reason) == (1, None), (width, height)


def test_a_blank_drawing_is_an_error_and_a_blank_page_is_not(classifier):
    with pytest.raises(NoInk):
        classifier.predict(blank())
    assert PageReader(classifier).read(blank()).digits == []


@pytest.mark.quality
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_shipped_network_reads_the_sheet(name, sheet):
    classifier = DigitClassifier.from_checkpoint(shipped(name))
    assert classifier.metadata.architecture == name
    assert classifier.metadata.test_accuracy >= (99.6 if name == DEFAULT_MODEL else 96)
    with torch.inference_mode():
        answers = classifier.network(sheet.batch(slice(None))).argmax(dim=1)
    assert (answers == sheet.labels).float().mean() > 0.94


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_layers_are_what_the_network_computes_from_the_digit_image(name, ten):
    network = build(name).eval()
    classifier = DigitClassifier(network)
    reading = classifier.predict(png(ten[8]), layers=True)
    seen = {}
    for layer, module in network.named_children():
        module.register_forward_hook(lambda _module, _given, value, layer=layer: seen.update({layer: value[0].numpy()}))
    with torch.inference_mode():
        logits = network(torch.from_numpy(reading.image)[None, None])
    expected = {**seen, "probabilities": torch.softmax(logits, dim=1)[0].numpy()}
    expected.pop("normalize")
    assert [answer.name for answer in reading.layers] == list(expected) == [layer.name for layer in classifier.layers]
    for answer, layer in zip(reading.layers, classifier.layers, strict=True):
        assert (answer.kind, answer.values.shape) == (layer.kind, layer.shape)
        assert answer.values.dtype == np.float32
        np.testing.assert_allclose(answer.values, expected[answer.name], rtol=0, atol=1e-5, err_msg=answer.name)
    np.testing.assert_allclose(reading.layers[-1].values, reading.probabilities, atol=1e-6)


def test_asking_for_layers_does_not_change_the_reading(classifier, ten):
    plain, deep = classifier.predict(png(ten[2])), classifier.predict(png(ten[2]), layers=True)
    np.testing.assert_allclose(plain.probabilities, deep.probabilities, atol=1e-6)


@torch.inference_mode()
def test_nor_does_it_change_what_is_doubted(classifier, ten):
    whole = attach_ood_head(classifier.network, classifier.metadata.ood_head).eval()
    image = torch.from_numpy(classifier.prepare(png(ten[2])).image)
    odds = whole(image[None, None])[0, 10].item()
    for bound in (odds - 0.01, odds + 0.01):
        facts = replace(
            classifier.metadata, calibration=replace(classifier.calibration, in_distribution_threshold=bound)
        )
        other = DigitClassifier(classifier.network, facts)
        assert [other.predict(png(ten[2]), layers).in_distribution for layers in (False, True)] == 2 * [bound < odds]


def test_one_prediction_does_not_change_the_next(classifier, ten):
    first = classifier.predict(png(ten[1]), layers=True)
    kept = [answer.values.copy() for answer in first.layers]
    for image in ten:
        classifier.predict(encoded(drawn(image)), layers=True)
    assert all(np.array_equal(answer.values, values) for answer, values in zip(first.layers, kept, strict=True))
    assert classifier.predict(png(ten[1])).probabilities == pytest.approx(first.probabilities, abs=1e-6)


def test_a_network_in_training_mode_is_put_into_evaluation_mode(ten):
    classifier = DigitClassifier(build("three_block").train())
    assert classifier.predict(png(ten[1])).probabilities == classifier.predict(png(ten[1])).probabilities


@pytest.mark.slow
def test_loading_a_classifier_imports_no_symbolic_algebra():
    """PyTorch imports SymPy for its compiler: 38 MB and half a second that no prediction needs."""
    load = "DigitClassifier.from_checkpoint('mnist_model.pth').warm()"
    code = (
        f"import sys; from digits.recognition.classifier import DigitClassifier; {load}; print('sympy' in sys.modules)"
    )
    run = python("-c", code)
    assert (run.stdout, run.stderr) == ("False\n", "")


def test_a_missing_file_of_weights_is_named(tmp_path):
    with pytest.raises(BadCheckpoint, match=r"nowhere\.pth"):
        DigitClassifier.from_checkpoint(tmp_path / "nowhere.pth")


def test_a_network_with_outputs_that_are_not_finite_is_refused(ten):
    network = build("mlp")
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1e30)
    with pytest.raises(BadCheckpoint, match="not finite"):
        DigitClassifier(network).predict(png(ten[1]))
