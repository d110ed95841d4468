"""The application behind Ray Serve, over HTTP; only where Ray is installed."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from gunicorn_server import free_port
from pictures import ROOT, png

pytestmark = pytest.mark.slow

pytest.importorskip("ray")
pytest.importorskip("a2wsgi")

START_SECONDS = 120  # a cluster that is not ready by then counts as broken


@pytest.fixture(scope="module")
def address():
    port = free_port()
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": os.urandom(32).hex()}
    process = subprocess.Popen(
        [sys.executable, "deploy/ray_serve.py", "--replicas", "1", "--port", str(port)],
        cwd=ROOT, env=os.environ | token | {"INKLING_TRAINING": "1"}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    limit = signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(START_SECONDS)
    output = ""
    for line in process.stderr:
        output += line
        if "Ctrl-C" in line:
            break
    signal.alarm(0)
    signal.signal(signal.SIGALRM, limit)
    assert f"Inkling is at http://127.0.0.1:{port}" in output, output
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def ask(url, data=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def test_the_page_and_its_files_have_the_security_headers(address):
    status, body, headers = ask(address + "/")
    assert status == 200
    assert b'id="pad"' in body
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(headers.get_all("X-Request-ID")) == len(headers.get_all("Date")) == 1
    status, body, headers = ask(address + "/static/js/main.js", Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert ask(address + "/static/js/main.js", If_None_Match=headers["ETag"])[0] == 304


def test_drawings_and_pages_are_read(address, ten):
    picture = png(ten[7])
    for path in ("/api/predict?layers=all", "/api/read"):
        status, body, _ = ask(address + path, picture, Content_Type="image/png")
        assert status == 200
        assert b'"digit": 7' in body
    chunks = iter([picture[:500], picture[500:]])  # without a Content-Length
    assert ask(address + "/api/predict", chunks, Content_Type="image/png")[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/api/predict", b"no picture", {"Content_Type": "image/png"}, 415),
        ("/api/predict", bytes(10_000_001), {"Content_Type": "image/png"}, 413),
        ("/api/predict", iter([bytes(6_000_000)] * 2), {"Content_Type": "image/png"}, 413),
        ("/api/predict?model=none", b"x", {"Content_Type": "image/png"}, 404),
        ("/api/nothing", None, {}, 404),
        ("/api/models", None, {"Host": "elsewhere.example.com"}, 400),
        ("/api/training", None, {}, 403),
    ],
)
def test_refusals_are_the_same_as_without_ray(address, path, body, headers, status):
    answered, body, found = ask(address + path, body, **headers)
    assert answered == status
    assert found["Content-Type"] == "application/problem+json"
    assert b'"detail"' in body


def test_the_metrics_of_one_replica_are_not_served(address):
    assert ask(address + "/metrics")[0] == 404
    assert ask(address + "/readyz")[0] == 200
