"""Finds Chromium and the flags it is started with."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # the pages of one context share a renderer process: a new page starts faster
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a request to another host fails and is logged
]


def find_chromium():
    """The path of a browser, or None for Playwright's own."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    return os.environ.get("INKLING_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
