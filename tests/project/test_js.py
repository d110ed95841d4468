"""The page's pure modules, tested by Node's own runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_the_pure_modules_of_the_page():
    node = shutil.which("node")
    if node is None:
        message = "Node is not installed (apt install nodejs)"
        if os.environ.get("INKLING_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    files = sorted(str(path) for path in (ROOT / "tests/js").rglob("*.test.mjs"))
    assert files
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
