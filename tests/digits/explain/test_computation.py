"""The numbers shown for each layer, compared with PyTorch's own output."""

import numpy as np
import pytest
import torch
from pictures import shipped

from digits.explain.computation import convolution_terms, layer_steps, linear_terms
from digits.recognition.classifier import DigitClassifier
from digits.recognition.results import PreparedDigit


def classify_with_steps(model, image):
    classifier = DigitClassifier.from_checkpoint(shipped(model))
    prediction = classifier.classify(PreparedDigit(image, (0, 0, 28, 28), (0, 0, 28, 28), 28, 28, {}), layers=True)
    return classifier, {step.layer.name: step for step in layer_steps(classifier, image, prediction.layers)}


@pytest.fixture(scope="module")
def image(sheet):
    return sheet.images[295].numpy().astype(np.float32) / 255


@pytest.mark.parametrize(
    ("model", "name"), [("three_block", "conv1"), ("three_block", "conv2"), ("five_conv", "conv3")]
)
def test_the_sum_shown_for_a_convolution_is_its_answer(model, name, image):
    step = classify_with_steps(model, image)[1][name]
    _, height, width = step.values.shape
    for place in (step.peak, (0, 0, 0), (3, height - 1, width - 1), (5, height // 2, 0)):
        found = convolution_terms(step, place)
        assert found.parts.shape == (len(step.below),)
        assert found.parts.sum() + (found.bias or 0) == pytest.approx(step.values[place], abs=2e-5)


@pytest.mark.parametrize(("model", "name"), [("mlp", "fc1"), ("three_block", "fc1"), ("five_conv", "logits")])
def test_the_products_shown_for_a_unit_add_up_to_its_answer(model, name, image):
    step = classify_with_steps(model, image)[1][name]
    products, bias = linear_terms(step, 3)
    assert products.size == np.prod(step.maps)
    assert products.sum() + bias == pytest.approx(step.values[3], abs=2e-5)


@pytest.mark.parametrize("name", ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3"])
def test_a_number_depends_on_as_many_pixels_as_are_told(name, image):
    classifier, found = classify_with_steps("three_block", image)
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
