"""Bad input, and too many requests at once."""

import base64
import io
import struct
import threading
import zlib

import pytest
import torch
from http_checks import MUCH, TEXT, form, is_problem, raw
from pictures import ROOT, blank, chunk, png
from werkzeug.test import create_environ, run_wsgi_app

from digits.recognition.classifier import DigitClassifier
from server import create_app
from server.settings import Settings

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def huge_png():
    header = struct.pack(">2I5B", 8000, 6000, 8, 0, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def data_url(data):
    return {"image": f"data:image/png;base64,{base64.b64encode(data).decode()}"}


BAD = {  # body, status, type
    "no body": ({}, 400, "no-picture"),
    "an empty picture": (raw(b""), 400, "no-picture"),
    "a form without the field": (form("picture", b"x"), 400, "no-picture"),
    "a form with text in the field": (form("image", b"hello", filename=""), 400, "no-picture"),
    "a form with an empty file": (form("image", b""), 400, "no-picture"),
    "a form without a boundary": (raw(b"--x", "multipart/form-data"), 400, "no-picture"),
    "broken JSON": (raw(b'{"image": ', "application/json"), 400, "bad-json"),
    "JSON that is no text": (raw(b'{"image": "\xff"}', "application/json"), 400, "bad-json"),
    "JSON very deep": (raw(b"[" * 200_000, "application/json"), 400, "bad-json"),
    "JSON without the field": ({"json": {"picture": "x"}}, 400, "bad-json"),
    "JSON with a number": ({"json": {"image": 7}}, 400, "bad-json"),
    "JSON with nothing": ({"json": {"image": None}}, 400, "bad-json"),
    "a JSON list": ({"json": ["image"]}, 400, "bad-json"),
    "a JSON string": ({"json": "image"}, 400, "bad-json"),
    "no JSON at all": (raw(b"", "application/json"), 400, "bad-json"),
    "broken base64": ({"json": {"image": "data:image/png;base64,????"}}, 400, "bad-base64"),
    "base64 cut off": ({"json": {"image": "data:image/png;base64,iVBOR"}}, 400, "bad-base64"),
    "base64 of other letters": ({"json": {"image": "ümlaut"}}, 400, "bad-base64"),
    "an empty data URL": ({"json": {"image": "data:,"}}, 400, "no-picture"),
    "not a picture": (raw(TEXT), 415, "unsupported-image"),
    "not a picture, in a form": (form("image", TEXT), 415, "unsupported-image"),
    "not a picture, in JSON": ({"json": data_url(TEXT)}, 415, "unsupported-image"),
    "SVG": (raw(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"), 415, "unsupported-image"),
    "a truncated picture": (raw(blank()[:60]), 422, "bad-image"),
    "over 40 megapixels": (raw(huge_png()), 413, "image-too-large"),
    "over 10 MB": (raw(MUCH), 413, "body-too-large"),
    "over 10 MB, in a form": (form("image", MUCH), 413, "body-too-large"),
    "over 10 MB, in JSON": (raw(b'{"image": "' + MUCH, "application/json"), 413, "body-too-large"),
}


@pytest.mark.parametrize("path", ["/api/predict", "/api/read"])
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_answered_with_a_problem(name, path, client):
    body, status, kind = BAD[name]
    is_problem(client.post(path, **body), status, kind)


def test_a_blank_drawing_has_its_own_problem_type(client):
    is_problem(client.post("/api/predict", **raw(blank())), 422, "no-ink")
    is_problem(client.post("/api/predict", json=data_url(blank())), 422, "no-ink")


@pytest.mark.parametrize("path", ["/api/predict", "/api/read"])
@pytest.mark.parametrize("name", ["resnet", "", "../../etc/passwd"])
def test_an_unknown_network_is_not_found_and_the_known_ones_are_listed(name, path, client, ten):
    body = is_problem(client.post(path, query_string={"model": name}, **raw(png(ten[1]))), 404, "unknown-model")
    assert all(known in body["detail"] for known in ("three_block", "mlp", "four_conv_tiny"))


@pytest.mark.parametrize("value", ["some", "", "ALL", "all,none"])
def test_an_unknown_value_of_layers_is_refused(value, client, ten):
    body = is_problem(client.post("/api/predict", query_string={"layers": value}, **raw(png(ten[1]))), 400)
    assert "none" in body["detail"]
    assert "all" in body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/predict", 405), ("DELETE", "/api/models", 405), ("GET", "/api/nowhere", 404), ("PUT", "/api/", 404)],
)
def test_errors_under_api_are_problems(method, path, status, client):
    answer = client.open(path, method=method)
    is_problem(answer, status)
    if status == 405:
        assert ("POST" if path == "/api/predict" else "GET") in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/", 405),
        ("GET", "/static/no.js", 404),
        ("GET", "/static/../mnist_model.pth", 404),
    ],
)
def test_errors_elsewhere_are_html(method, path, status, client):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


@pytest.fixture
def held(monkeypatch):
    """Yields an app with one slot per queue, and events: the first request has begun; it may go on."""
    has_begun, may_continue, original = threading.Event(), threading.Event(), DigitClassifier.prepare

    def slowly(data, **switches):
        if not has_begun.is_set():
            has_begun.set()
            assert may_continue.wait(30)
        return original(data, **switches)

    app = create_app(Settings(max_pending=1))
    monkeypatch.setattr(DigitClassifier, "prepare", staticmethod(slowly))
    yield app, has_begun, may_continue
    may_continue.set()


@pytest.mark.parametrize(
    ("busy", "full", "free"),
    [
        ("/api/predict", ["/api/predict", "/api/explain?layer=conv1&map=0"], ["/api/read"]),
        ("/api/importance", ["/api/read", "/api/variations"], ["/api/predict"]),
    ],
)
def test_a_full_queue_refuses_requests_until_a_slot_is_free(busy, full, free, held, ten):
    app, has_begun, may_continue = held
    picture = raw(png(ten[2]))
    answers = []
    first = threading.Thread(target=lambda: answers.append(app.test_client().post(busy, **picture)), daemon=True)
    first.start()
    assert has_begun.wait(30)
    for path in full:
        refused = app.test_client().post(path, **picture)
        is_problem(refused, 503, "overloaded")
        assert int(refused.headers["Retry-After"]) >= 1
    for path in free:  # long and short requests do not wait for each other
        assert app.test_client().post(path, **picture).status_code == 200
    assert app.test_client().get("/healthz").status_code == 200
    may_continue.set()
    first.join(30)
    assert answers[0].get_json()["digit"] == 2
    assert app.test_client().post(busy, **picture).status_code == 200


def test_a_refused_picture_frees_its_slot(ten):
    client = create_app(Settings(max_pending=1)).test_client()
    for body in (raw(TEXT), raw(b""), raw(blank()), raw(huge_png()), raw(MUCH)):
        assert client.post("/api/predict", **body).status_code < 500
    assert client.post("/api/predict", **raw(png(ten[2]))).status_code == 200


@pytest.mark.parametrize("path", ["/api/predict", "/api/read"])
def test_a_slow_upload_holds_no_slot(path, ten):
    class Slow(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            begun.set()
            assert may_continue.wait(30)
            return rest.readinto(buffer)

    begun, may_continue, data = threading.Event(), threading.Event(), png(ten[2])
    app, rest = create_app(Settings(max_pending=1)), io.BytesIO(data)
    slow = create_environ(path, method="POST", content_type="image/png", content_length=len(data))
    slow["wsgi.input"] = Slow()
    first = threading.Thread(target=run_wsgi_app, args=(app, slow), daemon=True)
    first.start()
    try:
        assert begun.wait(30)
        assert app.test_client().post("/api/predict", **raw(data)).status_code == 200
    finally:
        may_continue.set()
        first.join(30)


def test_an_unexpected_error_does_not_show_its_message(monkeypatch, ten):
    def fail(*_, **__):
        raise ZeroDivisionError("secret words")

    client = create_app(Settings()).test_client()
    monkeypatch.setattr(DigitClassifier, "prepare", fail)
    answer = client.post("/api/predict", **raw(png(ten[2])))
    is_problem(answer, 500)
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("call", ["predict?layers=all", "explain?layer=conv1&map=0"])
def test_layers_that_are_not_finite_are_reported_even_if_the_probabilities_are_finite(call, ten, tmp_path):
    content = torch.load(ROOT / "models/four_conv_tiny.pth", weights_only=True)
    weights = content["state_dict"]
    weights["conv1.weight"][0], weights["conv1.bias"][0] = 0, -3.3e38
    weights["conv1.weight"][0, 0, 0, 0], weights["conv1.weight"][0, 0, 2, 2] = -1e38, 1e38  # −∞ at edges, then ReLU: 0
    torch.save(content, tmp_path / "huge.pth")
    client = create_app(Settings(models=tmp_path)).test_client()
    assert client.post("/api/predict?model=huge", **raw(png(ten[7]))).status_code == 200
    answer = client.post(f"/api/{call}&model=huge", **raw(png(ten[7])))
    assert (answer.status_code, answer.get_json()["type"]) == (503, "model-unavailable")
    assert "not finite" in answer.get_json()["detail"]
