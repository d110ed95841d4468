"""gzip for answers: the page's text files shrink to a third, which matters on a school's Wi-Fi."""

from collections.abc import Callable
from functools import lru_cache

import deflate
from flask import Flask, Response, request

TEXT_TYPES = {"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"}
PAGE_ENDPOINTS = ("static", "pages.index", "pages.docs")
MIN_FILE_BYTES = 500  # below that the headers weigh more
FILE_LEVEL = 12  # the best compression: each file is compressed once per process


def init_app(app: Flask) -> None:
    """Compresses the page and its static files."""

    @app.after_request
    def compress_page(response: Response) -> Response:
        if request.endpoint not in PAGE_ENDPOINTS or response.mimetype not in TEXT_TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.method == "GET":
            response.direct_passthrough = False
            compress(response, MIN_FILE_BYTES, _gzip_file)
            etag, _ = response.get_etag()
            if etag and response.content_encoding:
                response.set_etag(etag, weak=True)  # same content, other bytes; a 304 still follows from it
        return response


def compress(response: Response, min_bytes: int, gzip_bytes: Callable[[bytes], bytes]) -> None:
    """Compresses a body of more than `min_bytes` in place if the client accepts gzip."""
    data = response.get_data()
    if len(data) <= min_bytes:
        return
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.set_data(gzip_bytes(data))
        response.content_encoding = "gzip"


def gzip(data: bytes, level: int) -> bytes:
    """Returns gzip-compressed data; `level` is 1 (fast) to 12 (small)."""
    return bytes(deflate.gzip_compress(data, level))  # WSGI accepts no bytearray


@lru_cache(maxsize=512)  # more than there are files in all languages, half a megabyte in all
def _gzip_file(data: bytes) -> bytes:
    return gzip(data, FILE_LEVEL)
