"""Loads Schemathesis's plugin, which only these tests need: it takes seconds of every start of pytest."""

import contextlib

PLUGIN = "schemathesis.pytest.plugin"


def pytest_configure(config):
    if not config.pluginmanager.has_plugin(PLUGIN):
        with contextlib.suppress(ImportError):  # it wants Python 3.11
            config.pluginmanager.import_plugin(PLUGIN)
