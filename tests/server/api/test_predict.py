"""`/api/predict`, `/api/read`, `/api/models`, health and metrics."""

import base64
import gzip
import io
import json
import os
import re
import sys

import numpy as np
import pytest
from pictures import ROOT, blank, drawn, encoded, placed, png, shipped

from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier
from digits.training.recipes import DEFAULT_MODEL
from server import create_app
from server.settings import Settings


def predict(client, data, query=""):
    answer = client.post(f"/api/predict{query}", data=data, content_type="image/png")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return answer.get_json()


def unpack(part):
    return np.frombuffer(base64.b64decode(part["data"], validate=True), np.uint8).reshape(part["shape"])


def test_a_drawing_gets_one_prediction(client, classifier, ten):
    for digit, image in enumerate(ten):
        body, expected = predict(client, png(image)), classifier.predict(png(image))
        assert body.keys() == {"digit", "sure", "doubt", "probabilities", "claim", "model", "input", "milliseconds"}
        assert (body["digit"], body["sure"], body["model"]) == (digit, expected.sure, DEFAULT_MODEL)
        assert body["probabilities"] == pytest.approx(expected.probabilities, abs=1e-6)
        assert body["input"]["shape"] == [28, 28]
        assert np.abs(unpack(body["input"]) / 255 - expected.image).max() <= 0.5 / 255 + 1e-6
        assert all(value >= 0 for value in body["milliseconds"].values())


BODIES = {
    "raw": lambda data: {"data": data, "content_type": "image/png"},
    "raw, of a general kind": lambda data: {"data": data, "content_type": "application/octet-stream"},
    "raw, of another kind than it says": lambda data: {"data": data, "content_type": "image/webp"},
    "form": lambda data: {"data": {"image": (io.BytesIO(data), "drawing.png")}},
    "json, data URL": lambda data: {"json": {"image": f"data:image/png;base64,{base64.b64encode(data).decode()}"}},
    "json, bare": lambda data: {"json": {"image": base64.b64encode(data).decode()}},
    "json, with a charset": lambda data: {
        "data": json.dumps({"image": f"data:image/png;base64,{base64.b64encode(data).decode()}"}),
        "content_type": "application/json; charset=utf-8",
    },
}


@pytest.mark.parametrize("path", ["/api/predict", "/api/read"])
@pytest.mark.parametrize("form", BODIES)
def test_a_picture_may_come_in_any_documented_body(form, path, client, ten):
    answer = client.post(path, **BODIES[form](png(ten[6])))
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert (body["digit"] if path == "/api/predict" else int(body["text"])) == 6


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_layers_differ_from_the_library_by_half_a_step_at_most(name, client, ten):
    body = predict(client, png(ten[4]), f"?model={name}&layers=all")
    expected = DigitClassifier.from_checkpoint(shipped(name)).predict(png(ten[4]), layers=True)
    assert body["model"] == name
    assert [layer["name"] for layer in body["layers"]] == [layer.name for layer in expected.layers]
    for layer, other in zip(body["layers"], expected.layers, strict=True):
        assert layer.keys() == {"name", "kind", "shape", "low", "high", "data"}
        assert (layer["kind"], tuple(layer["shape"])) == (other.kind, other.values.shape)
        low, high = layer["low"], layer["high"]
        assert (low, high) == pytest.approx((other.values.min(), other.values.max()), abs=1e-5)
        values = low + unpack(layer) / 255 * (high - low)
        assert np.abs(values - other.values).max() <= (high - low) / 510 + 1e-4 * max(1, abs(high)), layer["name"]


def test_layers_come_only_on_request(client, ten):
    assert "layers" not in predict(client, png(ten[1]), "?layers=none")
    assert len(predict(client, png(ten[1]), "?layers=all")["layers"]) == 22


def test_the_list_of_networks_has_every_layer(client):
    body = client.get("/api/models").get_json()
    assert body["default"] == DEFAULT_MODEL
    models = {model["name"]: model for model in body["models"]}
    assert models.keys() >= ARCHITECTURES.keys()
    for name, model in models.items():
        assert model.keys() == {"name", "title", "parameters", "test_accuracy", "temperature", "layers"}
        assert sum(layer["parameters"] for layer in model["layers"]) == model["parameters"]
        assert model["layers"][-1] == {
            "name": "probabilities",
            "kind": "softmax",
            "shape": [10],
            "parameters": 0,
            "window": None,
        }
        assert 90 < model["test_accuracy"] <= 100, name
        assert model["title"]


def test_a_page_gets_its_digits_with_their_boxes(client, ten):
    answer = client.post(
        "/api/read", data=encoded(placed(ten[9], (500, 300), (300, 40), 160)), content_type="image/png"
    )
    body = answer.get_json()
    assert body.keys() == {"width", "height", "text", "digits"}
    assert (body["width"], body["height"], body["text"]) == (500, 300, "9")
    [digit] = body["digits"]
    assert digit.keys() == {"box", "digit", "sure", "doubt", "probabilities", "claim", "input"}
    assert len(base64.b64decode(digit["input"]["data"])) == 28 * 28
    x, y, width, height = digit["box"]
    assert all(isinstance(number, int) for number in digit["box"])
    assert 300 <= x < x + width <= 460
    assert 40 <= y < y + height <= 200


def test_a_blank_page_has_no_digits(client):
    answer = client.post("/api/read", data=blank(), content_type="image/png")
    assert answer.status_code == 200
    assert answer.get_json() == {"width": 280, "height": 280, "text": "", "digits": []}


@pytest.mark.parametrize("name", ["mlp", "two_conv"])
def test_every_network_can_read_a_page(name, client, ten):
    answer = client.post(f"/api/read?model={name}", data=png(ten[0]), content_type="image/png")
    assert answer.get_json()["text"] == "0"


def test_the_server_is_alive_and_ready(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_requests_are_counted(client, ten):
    def count():
        lines = client.get("/metrics").text.splitlines()
        wanted = 'inkling_requests_total{route="/api/predict",status="200"} '
        return sum(float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))

    before = count()
    for _ in range(3):
        predict(client, png(ten[1]))
    assert count() == before + 3
    assert client.get("/metrics").mimetype == "text/plain"


def test_stages_and_memory_are_in_the_metrics(client, ten):
    predict(client, png(ten[1]))
    text = client.get("/metrics").text
    for stage in ("decode", "preprocess", "network", "total"):
        assert re.search(rf'^inkling_stage_seconds_count\{{stage="{stage}"\}} [1-9]', text, re.MULTILINE), stage
    if sys.platform == "linux":
        taken = re.search(rf'^inkling_memory_bytes\{{worker="{os.getpid()}"\}} (\S+)', text, re.MULTILINE)
        assert 1e8 < float(taken[1]) < 1e10


def test_every_answer_has_its_own_request_id(client):
    numbers = {
        client.get(path).headers["X-Request-ID"] for path in ("/healthz", "/healthz", "/nowhere", "/api/nowhere")
    }
    assert len(numbers) == 4


def test_with_a_damaged_default_checkpoint_other_networks_serve(tmp_path, ten):
    broken = tmp_path / "broken.pth"
    broken.write_bytes(b"rubbish")
    client = create_app(Settings(checkpoint=broken)).test_client()
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "broken.pth" in ready.text
    assert client.get("/healthz").status_code == 200
    refused = client.post("/api/predict", data=png(ten[7]), content_type="image/png")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert predict(client, png(ten[7]), "?model=two_conv")["digit"] == 7
    body = client.get("/api/models").get_json()
    assert body["default"] is None
    assert DEFAULT_MODEL not in [model["name"] for model in body["models"]]


def test_a_damaged_model_file_is_left_out(tmp_path, ten):
    (tmp_path / "broken.pth").write_bytes(b"rubbish")
    (tmp_path / "mine.pth").write_bytes((ROOT / "models/mlp.pth").read_bytes())
    client = create_app(Settings(models=tmp_path)).test_client()
    assert [model["name"] for model in client.get("/api/models").get_json()["models"]] == [DEFAULT_MODEL, "mine"]
    assert client.get("/readyz").status_code == 200
    assert predict(client, png(ten[7]), "?model=mine")["digit"] == 7


def test_the_same_drawing_gets_the_same_answer(client, ten):
    first, second = (predict(client, encoded(drawn(ten[5])), "?layers=all") for _ in range(2))
    for body in (first, second):
        del body["milliseconds"]
    assert first == second


def test_scaling_and_centring_can_be_switched_off(client, ten):
    data = encoded(placed(ten[7], (280, 280), (10, 150), 84))
    plain = predict(client, data, "?scaled=off&centred=off")["input"]
    assert plain["size"] == [280, 280]
    np.testing.assert_allclose(plain["place"], np.divide(plain["box"], 10), atol=1)
    assert max(predict(client, data)["input"]["place"][2:]) == 20
    answer = client.post("/api/predict?scaled=half", data=data, content_type="image/png")
    assert answer.status_code == 400
    assert "on or off" in answer.get_json()["detail"]


def test_the_list_of_networks_has_the_windows(client):
    networks = {model["name"]: model for model in client.get("/api/models").get_json()["models"]}
    windows = {layer["name"]: layer["window"] for layer in networks["two_conv"]["layers"]}
    assert windows["conv1"] == {"side": 3, "stride": 1, "padding": 1}
    assert windows["pool1"] == {"side": 2, "stride": 2, "padding": 0}
    assert windows["relu1"] is None
    assert windows["fc1"] is None


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_long_answers_are_compressed_if_the_client_accepts_gzip(name, client):
    drawing = (ROOT / "samples/3_from_the_page.png").read_bytes()
    data = {"data": drawing, "content_type": "image/png"}
    plain = client.post(f"/api/predict?layers=all&model={name}", **data)
    packed = client.post(f"/api/predict?layers=all&model={name}", headers={"Accept-Encoding": "gzip, br"}, **data)
    assert plain.content_encoding is None
    assert len(packed.data) <= 100_000
    if packed.content_encoding == "gzip":
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert json.loads(gzip.decompress(packed.data))["layers"] == plain.get_json()["layers"]
    else:
        assert len(plain.data) < 10_000
