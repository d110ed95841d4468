"""Real Chromium against the real server: the fixtures."""

import os

import pytest
from chromium import FLAGS, find_chromium
from playwright.sync_api import Error, sync_playwright
from serving import Server, free_port


def pytest_configure(config):
    config.addinivalue_line("markers", "errors_expected: the page may log errors in this test")


@pytest.fixture(scope="session")
def server_url():
    server = Server(free_port())
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def browser():
    def without(reason):
        if os.environ.get("INKLING_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        except Error as error:
            without(f"no Chromium could be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


def wrong(message):
    """Whether the page logged something that it should not; see the marker errors_expected for exceptions."""
    # The tests themselves read the canvases back again and again, which Chromium advises against.
    return message.type in ("error", "warning") and "willReadFrequently" not in message.text


@pytest.fixture
def open_page(browser, server_url, request):  # the browser first: without one no server is started
    """Opens the page in a fresh context; at the end it must have logged no error and asked no other host."""
    contexts, errors = [], []

    def open_(path="", url=server_url, **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | options))
        contexts.append(context)
        page = context.new_page()
        own = (url, "blob:", "data:")
        page.on("console", lambda message: errors.append(message.text) if wrong(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(own) else errors.append(request.url))
        page.goto(url + path)
        page.locator(".layer").first.wait_for(state="attached")  # another panel may be open
        return page

    yield open_
    for context in contexts:
        context.close()
    if not request.node.get_closest_marker("errors_expected"):
        assert errors == []


@pytest.fixture
def page(open_page):
    return open_page()
