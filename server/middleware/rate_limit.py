"""How often one client may call: without limit, unless one is set. Flask-Limiter counts."""

from typing import TYPE_CHECKING

from flask import Flask, request

from server.settings import Settings, variable

if TYPE_CHECKING:
    from flask_limiter import Limiter

TIMEOUT = 1  # seconds: a Redis that falls silent must not hold the drawings up


def limiter(settings: Settings) -> "Limiter | None":
    """What counts the calls of each address, None without a limit; raises ValueError for what can be no limit."""
    if not settings.rate_limit:
        return None
    try:
        import flask_limiter  # optional: who serves a class needs no limit
        import limits
    except ImportError as error:
        name = variable("rate_limit")
        raise ValueError(f"{name} needs Flask-Limiter: .venv/bin/pip install Flask-Limiter") from error
    try:
        limits.parse_many(settings.rate_limit)
        limits.storage.storage_from_string(settings.rate_storage)
        return flask_limiter.Limiter(
            flask_limiter.util.get_remote_address,
            application_limits=[settings.rate_limit],
            storage_uri=settings.rate_storage,
            storage_options={} if settings.rate_storage == "memory://" else {"socket_timeout": TIMEOUT},
            headers_enabled=True,
            in_memory_fallback=[settings.rate_limit],  # while Redis is away
        )
    except (ValueError, limits.errors.ConfigurationError) as error:
        given = f"{variable('rate_limit')} is {settings.rate_limit!r}, {variable('rate_storage')}"
        raise ValueError(f"{given} {settings.rate_storage!r}: {error}") from error


def register(app: Flask, settings: Settings) -> None:
    """Answer 429 to whoever calls the API too often; the page itself is always served."""
    found = limiter(settings)
    if found:
        found.request_filter(lambda: not request.path.startswith("/api/"))
        found.init_app(app)
