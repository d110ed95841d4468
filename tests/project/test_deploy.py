"""What goes into the container, and the command for a Ray cluster where there is no Ray."""

import json
import re
import sys
from fnmatch import fnmatch

import pytest
from click.testing import CliRunner
from pictures import ROOT

from deploy.ray_serve import HEALTH, main

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
SOURCES = re.findall(r"^COPY (\S+) \S+$", DOCKERFILE, re.MULTILINE)


def goes_in(path):
    """As Docker decides: the last line that fits the path, or a folder that it is in, counts."""
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
def test_the_container_gets_all_that_serving_needs(source):
    path = ROOT / source
    files = [file for file in path.rglob("*.*") if file.is_file()] if path.is_dir() else [path]
    files = [file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts]
    wanted = [file for file in files if not file.endswith((".state.pth", ".png")) or file.startswith("static/")]
    assert wanted
    assert [file for file in wanted if not goes_in(file)] == []


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
def test_nothing_else_goes_into_the_container(path):
    assert not goes_in(path)


def test_the_container_gets_packages_that_the_project_has_anyway():
    packages = [line for line in (ROOT / "deploy/serving.txt").read_text().splitlines() if not line.startswith("#")]
    assert set(packages) < set((ROOT / "requirements.txt").read_text().splitlines())
    assert re.search(r"'(torch\S+)'", DOCKERFILE)[1] in packages


def test_without_ray_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    result = CliRunner().invoke(main)
    assert result.exit_code == 1
    assert "pip install -r deploy/requirements.txt" in result.output


def test_the_settings_of_the_head_are_those_that_were_measured():
    told = re.search(r"--system-config='(.+)'", (ROOT / "docs/deploying.md").read_text())[1]
    assert json.loads(told) == HEALTH
