"""The digits that ship with the project: a drawing's neighbours among them, and what each network makes of them."""

import base64
import hashlib
import struct
import threading
import time

import numpy as np
import pytest
import torch
from http_checks import is_problem
from pictures import blank, png, shipped

from digits.data import bundled
from digits.data.dataset import Digits
from digits.data.mnist import SHA256
from digits.errors import DataUnavailable
from digits.evaluation import report
from digits.explain import neighbours
from digits.networks.architectures import ARCHITECTURES
from digits.networks.checkpoint import load
from digits.recognition.classifier import DigitClassifier
from server.inference.incremental_task import Progress, TaskRunner

SMALL = "four_conv_tiny"
CLASSES = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # of MNIST's test digits


@pytest.fixture(scope="module")
def digits():
    return bundled.load()


@pytest.fixture(scope="module")
def small():
    return DigitClassifier.from_checkpoint(shipped(SMALL))


def result(making):
    """What a generator returns at its end."""
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value


def ask(client, path, **options):
    """The answer once it is made."""
    call = client.post if options else client.get
    for _ in range(300):
        answer = call(path, **options)
        if answer.status_code != 202:
            assert answer.status_code == 200, answer.text
            return answer
    raise AssertionError("never made")


def images_of(part):
    return np.frombuffer(base64.b64decode(part["data"], validate=True), np.uint8).reshape(part["shape"])


def test_the_test_digits_are_mnists_own(digits):
    images = struct.pack(">4I", 2051, 10_000, 28, 28) + digits.test.images.numpy().tobytes()
    labels = struct.pack(">2I", 2049, 10_000) + digits.test.labels.to(torch.uint8).numpy().tobytes()
    assert hashlib.sha256(images).hexdigest() == SHA256["t10k-images-idx3-ubyte"]
    assert hashlib.sha256(labels).hexdigest() == SHA256["t10k-labels-idx1-ubyte"]
    assert digits.test.labels.bincount().tolist() == CLASSES


def test_the_training_digits_are_those_that_networks_learn_from(digits):
    assert len(digits.train) == len(range(0, 55_000, 9))
    assert digits.train_row(len(digits.train) - 1) == 54_999
    assert digits.train.labels.bincount().min() > 500
    assert bundled.BUNDLED_NPZ.stat().st_size < 3_000_000


def test_a_damaged_collection_is_refused(tmp_path):
    damaged = tmp_path / "collection.npz"
    damaged.write_bytes(bundled.BUNDLED_NPZ.read_bytes()[:-1])
    with pytest.raises(DataUnavailable, match="damaged"):
        bundled.load(damaged)
    with pytest.raises(DataUnavailable, match="cannot be read"):
        bundled.load(tmp_path / "nothing.npz")


def test_the_digits_of_a_cell_are_those_of_the_matrix(small, digits):
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


@pytest.mark.parametrize("name", ["four_conv_tiny", "mlp", "five_conv"])
def test_the_nearest_are_the_nearest_of_all(name, digits, ten):
    classifier = DigitClassifier.from_checkpoint(shipped(name))
    some = Digits(digits.train.images[:300], digits.train.labels[:300])
    found = result(neighbours.compute_features(classifier, some))
    heard = []  # the oracle: what the last layer itself is given, and the distances between all of that
    classifier.network.logits.register_forward_hook(lambda layer, given, answer: heard.append(given[0]))
    image = ten[4].astype(np.float32) / 255
    with torch.inference_mode():
        classifier.network(some.batch(slice(None)))
        classifier.network(torch.from_numpy(image)[None, None])
    all_of_them, one = (torch.nn.functional.normalize(given) for given in heard)
    distances = torch.cdist(one, all_of_them)[0]  # of rows of length 1: their square is 2 − 2 · cosine
    indices, cosines = found.nearest(classifier.features(image), 20)
    assert cosines == pytest.approx((1 - distances[indices] ** 2 / 2).tolist(), abs=1e-4)
    assert cosines == sorted(cosines, reverse=True)
    assert sorted(distances[indices].tolist()) == pytest.approx(distances.sort().values[:20].tolist(), abs=1e-3)
    assert found.features.shape == (300, all_of_them.shape[1])
    assert sum(found.votes(indices)) == 20


def test_the_layer_that_is_compared_is_named():
    names = {name: neighbours.feature_layer(DigitClassifier.from_checkpoint(shipped(name))) for name in ARCHITECTURES}
    assert names["mlp"] == "relu1"
    assert names["five_conv"] == "flatten"
    assert names["three_block"] == "relu4"


def test_neighbours_over_http(client, digits):
    row = 1234
    picture = {"data": png(digits.train.images[row].numpy()), "content_type": "image/png"}
    body = ask(client, f"/api/neighbours?model={SMALL}", **picture).get_json()
    assert len(body["neighbours"]) == 20
    assert body["of"] == len(digits.train)
    assert sum(body["votes"]) == 20
    images = images_of(body["images"])
    for neighbour, image in zip(body["neighbours"], images, strict=True):
        index = neighbour["row"] // 9
        assert digits.train_row(index) == neighbour["row"]
        assert (digits.train.images[index].numpy() == image).all()
        assert digits.train.labels[index] == neighbour["label"]
    assert body["votes"][int(digits.train.labels[row])] >= 15, "a digit is among its like"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_reads_the_test_digits_as_well_as_its_checkpoint_says(name, client):
    body = ask(client, f"/api/confusion?model={name}").get_json()
    _, facts = load(shipped(name))
    assert [sum(row) for row in body["counts"]] == CLASSES
    right = sum(body["counts"][digit][digit] for digit in range(10))
    assert body["wrong"] == body["of"] - right == 10_000 - right
    assert body["accuracy"] == round(right / 100, 2) == round(facts.test_accuracy, 2)
    assert 0 < body["wrong_unsure"] <= body["wrong"]


@pytest.mark.parametrize("path", [f"/api/confusion?model={SMALL}", f"/api/confusion/digits?model={SMALL}"])
@pytest.mark.parametrize("packed", ["gzip", "identity"])
def test_what_stays_the_same_is_not_sent_twice(path, packed, client, monkeypatch):
    ask(client, path)
    headers = {"Accept-Encoding": packed}
    tag = client.get(path, headers=headers).headers["ETag"]
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    again = client.get(path, headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("actual", "read"), [(4, 9), (1, 1), (1, 0)])
def test_the_digits_of_a_cell_over_http(actual, read, client, digits):
    counts = ask(client, f"/api/confusion?model={SMALL}").get_json()["counts"]
    body = ask(client, f"/api/confusion/digits?model={SMALL}&actual={actual}&read={read}").get_json()
    assert body["total"] == counts[actual][read]
    assert len(body["digits"]) == min(body["total"], 60)
    for digit, image in zip(body["digits"], images_of(body["images"]), strict=True):
        assert (digits.test.images[digit["row"]].numpy() == image).all()
        assert digits.test.labels[digit["row"]] == actual
        assert int(np.argmax(digit["probabilities"])) == read


def test_what_cannot_be_asked_for_is_refused(client, ten):
    is_problem(client.get("/api/confusion?model=resnet"), 404, "unknown-model")
    is_problem(client.post("/api/confusion"), 405)
    for query in ("actual=10", "actual=3&read=", "read=-1"):
        is_problem(client.get(f"/api/confusion/digits?{query}"), 400, "bad-parameter")
    is_problem(client.post("/api/neighbours", data=blank(), content_type="image/png"), 422, "no-ink")
    picture = {"data": png(ten[1]), "content_type": "image/png"}
    is_problem(client.post("/api/neighbours?centred=no", **picture), 400, "bad-parameter")
    is_problem(client.post("/api/neighbours?model=resnet", **picture), 404, "unknown-model")


def counting(steps, seconds=0.0):
    for step in range(1, steps + 1):
        time.sleep(seconds)
        yield step
    return "made"


def test_slow_work_is_done_in_slices_and_only_once():
    begun = []

    def begin():
        begun.append(1)
        return counting(100, 0.01)

    workshop = TaskRunner(threading.Lock())
    answers = [workshop.get("it", 100, begin)]
    while isinstance(answers[-1], Progress):
        answers.append(workshop.get("it", 100, begin))
    assert answers[-1] == workshop.get("it", 100, begin) == "made"
    done = [answer.done for answer in answers[:-1]]
    assert len(done) >= 2
    assert done == sorted(set(done))
    assert begun == [1]


def test_a_second_caller_neither_works_nor_waits_and_drawings_come_between():
    turn = threading.Lock()
    workshop = TaskRunner(turn)
    first = threading.Thread(target=lambda: workshop.get("it", 20, lambda: counting(20, 0.02)))
    first.start()
    time.sleep(0.05)
    started = time.monotonic()
    assert isinstance(workshop.get("other", 5, lambda: counting(5)), Progress)
    assert time.monotonic() - started < 0.2
    waits = []
    for _ in range(5):
        started = time.monotonic()
        with turn:
            waits.append(time.monotonic() - started)
        time.sleep(0.005)
    assert sorted(waits)[2] < 0.2, "a piece or two, not the whole"
    first.join()


def test_work_that_fails_begins_anew():
    def failing():
        yield 1
        raise MemoryError

    workshop = TaskRunner(threading.Lock())
    with pytest.raises(MemoryError):
        workshop.get("it", 3, failing)
    assert workshop.get("it", 3, lambda: counting(3)) == "made"
