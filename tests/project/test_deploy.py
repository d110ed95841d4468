"""The contents of the container, and the Ray command without Ray."""

import json
import re
import sys
from fnmatch import fnmatch

import pytest
from click.testing import CliRunner
from pictures import ROOT

from deploy.ray_serve import HEALTH_CHECKS, main

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
SOURCES = re.findall(r"^COPY (\S+) \S+$", DOCKERFILE, re.MULTILINE)


def is_included(path):
    """Returns Docker's decision: the last line that matches the path, or a folder above it, counts."""
    parts = path.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    kept = True
    for line in IGNORED:
        pattern = line.removeprefix("!").removeprefix("**/")
        names = [name.split("/")[-1] for name in above] if "**/" in line else above
        if any(fnmatch(name, pattern) and name.count("/") == pattern.count("/") for name in names):
            kept = line.startswith("!")
    return kept


@pytest.mark.parametrize("source", SOURCES)
def test_the_container_has_every_file_for_serving(source):
    path = ROOT / source
    files = [file for file in path.rglob("*.*") if file.is_file()] if path.is_dir() else [path]
    files = [file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts]
    wanted = [file for file in files if not file.endswith((".state.pth", ".png")) or file.startswith("static/")]
    assert wanted
    assert [file for file in wanted if not is_included(file)] == []


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".git/config",
            ".venv/bin/python",
            "data/MNIST/raw/x",
            "data/trained/x.pth",
            "tests/conftest.py",
            "docs/page.png",
        ),
        *("mnist_model.state.pth", "models/mlp.state.pth", "models/mlp.png", "digits/__pycache__/run.cpython-312.pyc"),
        *("digits/cli/__pycache__/x.pyc", "deploy/ray_serve.py", "README.md", "benchmarks/serve.py", ".env"),
    ],
)
def test_the_container_has_no_other_file(path):
    assert not is_included(path)


def test_the_containers_packages_are_requirements_of_the_project():
    packages = [line for line in (ROOT / "deploy/serving.txt").read_text().splitlines() if not line.startswith("#")]
    assert set(packages) < set((ROOT / "requirements.txt").read_text().splitlines())
    assert re.search(r"'(torch\S+)'", DOCKERFILE)[1] in packages


def test_without_ray_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    result = CliRunner().invoke(main)
    assert result.exit_code == 1
    assert "pip install -r deploy/requirements.txt" in result.output


def test_the_documented_health_checks_are_the_measured_ones():
    documented = re.search(r"--system-config='(.+)'", (ROOT / "docs/deploying.md").read_text())[1]
    assert json.loads(documented) == HEALTH_CHECKS
