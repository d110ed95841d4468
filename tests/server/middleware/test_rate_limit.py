"""The rate limit for one address."""

import sys

import pytest

from server import create_app
from server.settings import Settings


def test_too_many_calls_get_a_429_with_retry_after():
    client = create_app(Settings(rate_limit="3 per minute")).test_client()
    assert [client.get("/api/models").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.post("/api/predict", data=b"whatever")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.get_json()["type"] == "too-many-requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get("/").status_code == client.get("/healthz").status_code == 200  # the page itself is always there
    assert client.get("/api/models", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200


def test_behind_a_proxy_the_client_address_counts():
    client = create_app(Settings(rate_limit="1 per minute", proxies=1)).test_client()
    for address, status in [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.1, 192.0.2.2", 429), ("192.0.2.1", 429)]:
        assert client.get("/api/models", headers={"X-Forwarded-For": address}).status_code == status, address


def test_without_a_proxy_a_forwarded_address_is_ignored():
    client = create_app(Settings(rate_limit="1 per minute")).test_client()
    assert client.get("/api/models").status_code == 200
    assert client.get("/api/models", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429


@pytest.mark.parametrize(("limit", "storage"), [("often", "memory://"), ("3 per minute", "on paper")])
def test_a_bad_limit_or_storage_is_named(limit, storage):
    with pytest.raises(ValueError, match=f"INKLING_RATE_LIMIT is '{limit}', INKLING_RATE_STORAGE '{storage}'"):
        create_app(Settings(rate_limit=limit, rate_storage=storage))


def test_without_flask_limiter_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "flask_limiter", None)
    with pytest.raises(ValueError, match="pip install Flask-Limiter"):
        create_app(Settings(rate_limit="3 per minute"))
    create_app(Settings())
