"""The HTTP server: `create_app()` makes the Flask application that gunicorn serves.

Belongs here: the application, its settings, errors, metrics and gunicorn's configuration.
Does not belong here: rules about digits (`digits`).
"""

import io

from flask import Flask, Request, Response
from flask_cors import CORS
from werkzeug.middleware.proxy_fix import ProxyFix

from digits.paths import shipped
from server import problems
from server.api import confusion, neighbours, request_input, timeline, training
from server.api.explain import explain
from server.api.health import health
from server.api.predict import api
from server.api.why import why
from server.inference import services
from server.inference.model_registry import ModelRegistry
from server.middleware import allowed_hosts, compression, rate_limit, request_log
from server.settings import Settings
from server.web.pages import pages

# Nothing inline, nothing from another host: a drawn page needs neither.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class InMemory(Request):
    """A request whose files stay in memory, which its length bounds: no picture is stored, and no disk is needed."""

    def _get_file_stream(self, total_content_length, content_type, filename=None, content_length=None) -> io.BytesIO:
        return io.BytesIO()


class Inkling(Flask):
    """The application's kind."""

    request_class = InMemory


def create_app(settings: Settings | None = None) -> Flask:
    """The application, its networks loaded; settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    app = Inkling(__name__, template_folder=str(shipped("templates")), static_folder=str(shipped("static")))
    app.config["MAX_CONTENT_LENGTH"] = request_input.MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = request_input.MAX_BODY
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)
    request_log.register(app)
    allowed_hosts.register(app, settings.hosts)
    rate_limit.register(app, settings)
    problems.register(app)
    compression.register(app)
    trained = settings.data / "trained" if settings.training else None
    services.register(app, ModelRegistry(settings.checkpoint, settings.models, trained), settings)
    training.register(app, settings)
    app.register_blueprint(api)
    app.register_blueprint(explain)
    app.register_blueprint(why)
    app.register_blueprint(neighbours.blueprint)
    app.register_blueprint(confusion.blueprint)
    timeline.register(app, settings.checkpoint, settings.models)
    app.register_blueprint(pages)
    app.register_blueprint(health)
    if settings.cors_origins:
        origins = [origin.strip() for origin in settings.cors_origins.split(",")]
        CORS(app, resources={r"/api/*": {"origins": origins}})

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app
