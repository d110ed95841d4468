"""Security headers, hosts and origins, the page itself, and the settings."""

import gzip
from html.parser import HTMLParser

import pytest
import torch
from http_checks import MUCH, TEXT, form, raw
from pictures import png
from werkzeug.test import create_environ, run_wsgi_app

from digits.networks import checkpoint
from digits.networks.architectures import build
from digits.networks.checkpoint import CheckpointMetadata
from digits.training.recipes import DEFAULT_MODEL
from server import create_app
from server.settings import Settings

EVERY = {
    "page": ("GET", "/", {}),
    "static file": ("GET", "/static/img/test_digits.png", {}),
    "json": ("GET", "/api/models", {}),
    "contract": ("GET", "/openapi.json", {}),
    "metrics": ("GET", "/metrics", {}),
    "problem": ("POST", "/api/predict", raw(TEXT)),
    "too much": ("POST", "/api/predict", raw(MUCH)),
    "not found": ("GET", "/nowhere", {}),
    "not found under api": ("GET", "/api/nowhere", {}),
    "wrong method": ("DELETE", "/", {}),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_kind_of_answer_has_the_security_headers(name, client):
    method, path, options = EVERY[name]
    with client.open(path, method=method, **options) as answer:
        headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


OWN_HOSTS = [
    "localhost",
    "localhost:8000",
    "127.0.0.1:8000",
    "192.168.1.20:8000",
    "[::1]:8000",
    "teacher",
    "teacher.local",
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1x.org",
]


@pytest.mark.parametrize("host", [*OWN_HOSTS, *FOREIGN_HOSTS])
def test_a_foreign_host_name_is_refused(host, client):
    for path in ("/", "/api/models", "/static/img/test_digits.png"):
        with client.get(path, headers={"Host": host}) as answer:
            assert (answer.status_code == 200) == (host in OWN_HOSTS), (path, answer.status_code)
    if host in FOREIGN_HOSTS:
        refused = client.get("/api/models", headers={"Host": host})
        assert (refused.status_code, refused.content_type) == (400, "application/problem+json")
        assert "INKLING_HOSTS" in refused.json["detail"]


def test_configured_host_names_are_accepted():
    for hosts, admitted in ((" digits.example.org, b.example ", True), ("b.example", False), ("*", True)):
        client = create_app(Settings(hosts=hosts)).test_client()
        assert (client.get("/healthz", headers={"Host": "Digits.example.org:443"}).status_code == 200) == admitted


def test_other_sites_may_not_call_unless_allowed(client, ten):
    for method in ("OPTIONS", "POST"):
        answer = client.open(
            "/api/predict", method=method, headers={"Origin": "https://school.example"}, **raw(png(ten[1]))
        )
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_allowed_site_may_call_and_others_still_may_not(ten):
    client = create_app(Settings(cors_origins="https://school.example, https://lab.example")).test_client()
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin in ("https://school.example", "https://lab.example"):
        for answer in (
            client.options("/api/predict", headers={"Origin": origin, **preflight}),
            client.post("/api/predict", headers={"Origin": origin}, **raw(png(ten[1]))),
            client.post("/api/predict", headers={"Origin": origin}, **raw(TEXT)),
        ):
            assert answer.headers["Access-Control-Allow-Origin"] == origin
    stranger = client.post("/api/predict", headers={"Origin": "https://evil.example"}, **raw(png(ten[1])))
    assert "Access-Control-Allow-Origin" not in stranger.headers
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": "https://school.example"}).headers


class Inline(HTMLParser):
    """Collects what a strict Content-Security-Policy would block."""

    def __init__(self):
        super().__init__()
        self.blocked, self.links = [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.blocked.append(tag)
        self.blocked += [name for name in given if name == "style" or name.startswith("on")]
        self.links += [given[name] for name in ("src", "href") if name in given and tag != "a"]


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client):
    page = Inline()
    page.feed(client.get("/").text)
    assert page.blocked == []
    assert len(page.links) > 3
    for link in page.links:
        assert not link.startswith(("http", "//", "data:")), link
        with client.get(link) as answer:
            assert answer.status_code == 200, link


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("INKLING_WORKERS", value) for value in ("0", "-1", "two", "1.5", "", "²")),
        ("INKLING_MAX_PENDING", "many"),
        ("INKLING_THREADS", "0"),
        ("INKLING_LOG_LEVEL", "loud"),
        ("INKLING_LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_setting_is_named_with_its_value(name, value):
    with pytest.raises(ValueError, match=name) as caught:
        Settings.from_environment({name: value})
    assert repr(value) in str(caught.value)


def test_settings_come_from_the_environment(tmp_path):
    environment = {
        "INKLING_CHECKPOINT": str(tmp_path / "x.pth"),
        "INKLING_WORKERS": "3",
        "INKLING_LOG_LEVEL": "WARNING",
    }
    settings = Settings.from_environment({**environment, "PATH": "/bin"})
    assert (settings.checkpoint, settings.workers, settings.log_level) == (tmp_path / "x.pth", 3, "warning")
    assert settings.threads == Settings().threads
    assert Settings.from_environment({}) == Settings()
    assert Settings().cors_origins == ""


def test_a_path_cannot_forge_a_line_of_the_log(client, caplog):
    with caplog.at_level("INFO", logger="inkling.requests"):
        client.get("/api/%0a05:00:00 GET /admin 200%1b[31m")
    [line] = [record.getMessage() for record in caplog.records if "admin" in record.getMessage()]
    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/requirements.txt",
        "/static/..%2frequirements.txt",
        "/static/..%5crequirements.txt",
        "/static/js/../../requirements.txt",
        "/static/js/..%2f..%2frequirements.txt",
        "/static/%252e%252e/requirements.txt",
        "/static/main.js%00.png",
        "/static/%ed%a0%80",
        f"/static/{'a' * 5000}",
        "/static/",
        "/static/js",
        "/api/%2e%2e/requirements.txt",
        "/%2fetc/passwd",
        "/api/timeline?timeline=../four_conv_tiny",
        "/api/timeline?timeline=/etc/passwd%00",
        "/api/confusion?model=../models/mlp",
    ],
)
def test_no_path_leads_out_of_the_folders(path, client):
    assert client.get(path).status_code == 404


def test_a_double_slash_does_not_redirect_to_another_site(client):
    environment = {**create_environ(), "PATH_INFO": "//evil.example/static//etc/passwd"}
    _, status, headers = run_wsgi_app(client.application, environment)
    assert status == "404 NOT FOUND" or headers["Location"].startswith("http://localhost/")


@pytest.mark.parametrize("name", ["../../x.png", "/etc/passwd", "..\\x", "%00", "x" * 9999, "", "é\u202e.png"])
def test_the_file_name_of_an_upload_is_ignored(name, client, ten, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = client.post("/api/predict", **form("image", png(ten[4]), f'; filename="{name}"'))
    assert answer.get_json()["digit"] == 4
    assert not [*tmp_path.iterdir()]


def test_weights_with_outputs_that_are_not_finite_are_left_out(tmp_path):
    network = build("mlp")
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1e30)
    checkpoint.save(tmp_path / "mlp.pth", network, CheckpointMetadata("mlp"))
    app = create_app(Settings(models=tmp_path))
    assert [model["name"] for model in app.test_client().get("/api/models").json["models"]] == [DEFAULT_MODEL]


def test_text_files_are_compressed_if_the_client_accepts_gzip(client):
    def get(path, **headers):
        with client.get(path, headers={"Accept-Encoding": "gzip", **headers}) as answer:
            return answer.status_code, answer.headers, answer.data

    for path in ("/", "/static/js/main.js", "/static/css/network.css", "/static/lang/en.json"):
        _, plain, data = get(path, **{"Accept-Encoding": "identity"})
        _, packed, bytes_ = get(path)
        assert "Content-Encoding" not in plain
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(bytes_) == data
        assert len(bytes_) == int(packed["Content-Length"]) < 0.6 * len(data)
        assert "Accept-Encoding" in plain["Vary"]
        assert "Accept-Encoding" in packed["Vary"]
        if path != "/":
            assert get(path, **{"If-None-Match": packed["ETag"]})[0] == 304
    assert "Content-Encoding" not in get("/static/img/test_digits.png")[1]
