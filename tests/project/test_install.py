"""The wheel that `pip install .` builds: it holds all that the commands read, and works in an empty folder."""

import json
import os
import re
import subprocess
import sys
import zipfile

import pytest
from pictures import ROOT

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed: make install")

SHIPPED = ("templates", "static", "samples", "models", "mnist_model.pth")
ENDINGS = (".html", ".js", ".css", ".json", ".svg", ".png", ".jpg", ".bmp", ".gif", ".webp", ".pth", ".timeline")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs Python in an empty folder, with the unpacked wheel and without the checkout."""
    folder, empty = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("empty")
    wheel.extractall(folder)

    def run(code):
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=empty, env=environment, check=True, capture_output=True, text=True).stdout

    return folder, run


def read(wheel, ending):
    [name] = [name for name in wheel.namelist() if name.endswith(ending)]
    return wheel.read(name).decode()


def test_the_wheel_holds_every_file_that_the_packages_hold(wheel):
    for package in ("digits", "server"):
        files = (path for path in (ROOT / package).rglob("*.*") if path.is_file() and "__pycache__" not in path.parts)
        missing = {path.relative_to(ROOT).as_posix() for path in files} - set(wheel.namelist())
        assert not missing
    assert "digits/data/collection.npz" in wheel.namelist()


def test_the_wheel_holds_the_page_the_weights_and_the_samples(wheel):
    listed = subprocess.run(["git", "ls-files", *SHIPPED], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    assert not {f"server/_files/{name}" for name in listed.stdout.splitlines()} - set(wheel.namelist())


def test_the_wheel_holds_nothing_else(wheel):
    for name in wheel.namelist():
        folder, _, rest = name.partition("/")
        assert folder in ("digits", "server") or folder.endswith(".dist-info"), name
        assert not name.endswith((".state.pth", ".pyc")), name
        if rest.startswith("_files/"):
            assert name.endswith(ENDINGS), name


def test_the_wheel_needs_what_requirements_txt_lists(wheel):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = {re.match(r"[\w-]+", line)[0] for line in lines if line and not line.startswith("#")}
    assert set(re.findall(r"^Requires-Dist: ([\w-]+)", read(wheel, "/METADATA"), re.MULTILINE)) == names
    assert "inkling = digits.cli:main" in read(wheel, "/entry_points.txt")


@pytest.mark.slow
def test_an_installed_wheel_finds_its_files_from_an_empty_folder(installed):
    folder, run = installed
    code = """
import json
from digits import paths
from digits.data.bundled import load, page_digits
from server import create_app
client = create_app().test_client()
picture = paths.find("samples/3_from_the_page.png").read_bytes()
print(json.dumps({
    "packages": str(paths.PACKAGES),
    "page": client.get("/").status_code,
    "script": client.get("/static/js/main.js").status_code,
    "digit": client.post("/api/predict", data=picture, content_type="image/png").json["digit"],
    "models": [model["name"] for model in client.get("/api/models").json["models"]],
    "bundled": [len(page_digits()), len(load().test)],
}))
"""
    answer = json.loads(run(code))
    assert answer.pop("packages") == str(folder)
    assert set(answer.pop("models")) == {"five_conv"} | {
        path.stem for path in (folder / "server/_files/models").glob("*.pth")
    }
    assert answer == {"page": 200, "script": 200, "digit": 3, "bundled": [400, 10000]}


@pytest.mark.slow
def test_the_command_of_an_installed_wheel_reads_a_sample(installed):
    folder, run = installed
    sample = folder / "server/_files/samples/3_drawn.png"
    code = f"from digits.cli import main; main(['predict', '--json', {str(sample)!r}])"
    assert json.loads(run(code))["text"] == "3"
