"""The gradient step on one digit, compared with PyTorch's SGD."""

import numpy as np
import pytest
import torch
from pictures import shipped
from torch.nn import functional as F

from digits.explain.gradient_step import gradient_step
from digits.recognition.classifier import DigitClassifier


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
