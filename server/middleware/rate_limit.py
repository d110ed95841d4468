"""An optional limit on the API calls of one address. Flask-Limiter counts them."""

from typing import TYPE_CHECKING

from flask import Flask, request

from server.settings import Settings, variable

if TYPE_CHECKING:
    from flask_limiter import Limiter

REDIS_TIMEOUT_SECONDS = 1  # a Redis that does not answer must not hold requests up


def build_limiter(settings: Settings) -> "Limiter | None":
    """Returns the limiter of the settings, None without a limit. Raises ValueError for a bad setting."""
    if not settings.rate_limit:
        return None
    try:
        import limits.errors
        import limits.storage
        from flask_limiter import Limiter  # optional: a class needs no limit
        from flask_limiter.util import get_remote_address
    except ImportError as error:
        name = variable("rate_limit")
        raise ValueError(f"{name} needs Flask-Limiter: .venv/bin/pip install Flask-Limiter") from error
    in_memory = settings.rate_storage == "memory://"
    try:
        limits.parse_many(settings.rate_limit)
        limits.storage.storage_from_string(settings.rate_storage)
        return Limiter(
            get_remote_address,
            application_limits=[settings.rate_limit],
            storage_uri=settings.rate_storage,
            storage_options={} if in_memory else {"socket_timeout": REDIS_TIMEOUT_SECONDS},
            headers_enabled=True,
            in_memory_fallback=[settings.rate_limit],  # while Redis is away
        )
    except (ValueError, limits.errors.ConfigurationError) as error:
        limit = f"{variable('rate_limit')} is {settings.rate_limit!r}"
        storage = f"{variable('rate_storage')} {settings.rate_storage!r}"
        raise ValueError(f"{limit}, {storage}: {error}") from error


def init_app(app: Flask, settings: Settings) -> None:
    """Answers 429 to an address that calls the API too often; the page itself is always served."""
    limiter = build_limiter(settings)
    if limiter:
        limiter.request_filter(lambda: not request.path.startswith("/api/"))
        limiter.init_app(app)
