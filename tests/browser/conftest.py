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


def is_unexpected(message):
    """Returns whether the page should not have logged the message; the marker errors_expected allows exceptions."""
    # The tests read the canvases back many times, and Chromium advises against that.
    return message.type in ("error", "warning") and "willReadFrequently" not in message.text


class ContextPool:
    """Browser contexts by their options, kept for the whole session.

    A page in a warm context needs half of the CPU time: the modules are cached, and the renderer process runs.
    """

    def __init__(self, browser, idle_url):
        self.browser, self.idle_url, self.contexts = browser, idle_url, {}

    def get(self, options):
        """Returns the context for these options, without anything that an earlier test stored in it."""
        key = repr(sorted(options.items()))
        if key not in self.contexts:
            context = self.browser.new_context(**options)
            idle_page = context.new_page()  # keeps the renderer process alive between the tests
            idle_page.goto(self.idle_url)
            self.contexts[key] = context, idle_page
        context, idle_page = self.contexts[key]
        context.clear_cookies()
        context.clear_permissions()
        idle_page.evaluate("localStorage.clear()")
        return context


@pytest.fixture(scope="session")
def context_pool(browser, server_url):  # the browser first: without one no server is started
    pool = ContextPool(browser, f"{server_url}healthz")
    yield pool
    for context, _ in pool.contexts.values():
        context.close()


@pytest.fixture
def open_page(context_pool, server_url, request):
    """Opens the page; at the end it must have logged no error. A request to another host is an error, see FLAGS.

    Options are those of a browser context. `fresh=True` gives a context of its own, for what would outlive the page.
    """
    opened, errors = [], []

    def open_(path="", url=server_url, fresh=False, viewport=None, color_scheme="light", **options):
        if fresh:
            context = context_pool.browser.new_context(**options)
            opened.append(context)
        else:
            context = context_pool.get(options)
        page = context.new_page()
        opened.append(page)
        page.set_viewport_size(viewport or {"width": 1280, "height": 720})
        page.emulate_media(color_scheme=color_scheme)
        page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url + path)
        page.locator(".layer").first.wait_for(state="attached")  # another panel may be open
        return page

    yield open_
    for each in reversed(opened):
        each.close()
    if not request.node.get_closest_marker("errors_expected"):
        assert errors == []


@pytest.fixture
def page(open_page):
    return open_page()
