"""`/api/confusion`: the confusion matrix and the digits of its cells."""

import time

import numpy as np
import pytest
import torch
from http_checks import images_of, is_problem, poll
from pictures import shipped

from digits.data import bundled
from digits.data.dataset import Digits
from digits.evaluation import report
from digits.networks.architectures import ARCHITECTURES
from digits.networks.checkpoint import load
from digits.recognition.classifier import DigitClassifier

pytestmark = pytest.mark.slow

SMALL = "four_conv_tiny"
CLASSES = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # of MNIST's test digits


@pytest.fixture(scope="module")
def digits():
    return bundled.load()


@pytest.fixture(scope="module")
def small():
    return DigitClassifier.from_checkpoint(shipped(SMALL))


def result(generator):
    """Returns the result of a generator."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def test_a_cell_has_the_digits_that_the_matrix_counts(small, digits):
    some = Digits(digits.test.images[:500], digits.test.labels[:500])
    found = result(report.evaluate_incrementally(small, some))
    with torch.inference_mode():
        shares = small.calibration.probabilities(small.network(some.batch(slice(None))))
    assert torch.allclose(found.probabilities, shares, atol=1e-5)
    for actual in range(10):
        for read in range(10):
            rows = found.cell(actual, read)
            assert len(rows) == found.confusion[actual, read]
            assert all(some.labels[row] == actual and shares[row].argmax() == read for row in rows)
            certainty = [shares[row, read].item() for row in rows]
            assert certainty == pytest.approx(sorted(certainty, reverse=actual != read), abs=1e-5)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_has_the_accuracy_of_its_checkpoint(name, client):
    body = poll(client, f"/api/confusion?model={name}").get_json()
    _, facts = load(shipped(name))
    assert [sum(row) for row in body["counts"]] == CLASSES
    right = sum(body["counts"][digit][digit] for digit in range(10))
    assert body["wrong"] == body["of"] - right == 10_000 - right
    assert body["accuracy"] == round(right / 100, 2) == round(facts.test_accuracy, 2)
    assert 0 < body["wrong_unsure"] <= body["wrong"]


@pytest.mark.parametrize("path", [f"/api/confusion?model={SMALL}", f"/api/confusion/digits?model={SMALL}"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_an_unchanged_answer_is_a_304(path, encoding, client, monkeypatch):
    poll(client, path)
    headers = {"Accept-Encoding": encoding}
    tag = client.get(path, headers=headers).headers["ETag"]
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    again = client.get(path, headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("actual", "read"), [(4, 9), (1, 1), (1, 0)])
def test_the_digits_of_a_cell_over_http(actual, read, client, digits):
    counts = poll(client, f"/api/confusion?model={SMALL}").get_json()["counts"]
    body = poll(client, f"/api/confusion/digits?model={SMALL}&actual={actual}&read={read}").get_json()
    assert body["total"] == counts[actual][read]
    assert len(body["digits"]) == min(body["total"], 60)
    for digit, image in zip(body["digits"], images_of(body["images"]), strict=True):
        assert (digits.test.images[digit["row"]].numpy() == image).all()
        assert digits.test.labels[digit["row"]] == actual
        assert int(np.argmax(digit["probabilities"])) == read


def test_a_bad_confusion_request_is_refused(client):
    is_problem(client.get("/api/confusion?model=resnet"), 404, "unknown-model")
    is_problem(client.post("/api/confusion"), 405)
    for query in ("actual=10", "actual=3&read=", "read=-1"):
        is_problem(client.get(f"/api/confusion/digits?{query}"), 400, "bad-parameter")
