"""README and docs/ keep step with the code: settings, networks, dependencies, API calls, photos."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from digits.networks.architectures import ARCHITECTURES, build
from digits.recognition.page_reader import PageReader
from server.inference.model_registry import ModelRegistry
from server.openapi.document import describe
from server.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
README, SETTINGS, TRAINING, DEPENDENCIES, PREDICT, API = (
    (ROOT / path).read_text(encoding="utf-8")
    for path in (
        "README.md",
        "docs/settings.md",
        "docs/training.md",
        "docs/dependencies.md",
        "docs/predict.md",
        "docs/api.md",
    )
)


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 220


def test_every_setting_is_documented():
    for setting in fields(Settings):
        row = rf"\| `{variable(setting.name)}` \| .* \| {re.escape(setting.metadata['meaning'])} \|"
        assert re.search(row, SETTINGS), f"docs/settings.md lacks: {row}"


def test_no_documented_setting_is_unknown():
    known = {variable(setting.name) for setting in fields(Settings)}
    assert set(re.findall(r"^\| `(INKLING_\w+)`", SETTINGS, re.MULTILINE)) == known


def test_every_network_is_documented_with_its_parameters():
    for name in ARCHITECTURES:
        assert re.search(rf"\| `{name}` \|.*\| {build(name).parameter_count:,} \|", TRAINING), name


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "deploy/requirements.txt"])
def test_every_dependency_is_documented_with_its_reason(file):
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        name = re.match(r"[A-Za-z][\w-]*", line)
        if name:
            assert re.search(rf"^\| {name.group()} \| .+ \|$", DEPENDENCIES, re.MULTILINE | re.IGNORECASE), name.group()


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_no_page_holds_a_placeholder(path):
    assert not re.findall(r"^[A-Z_]{4,}$|@[A-Z]+@", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_photos_are_read_as_documented(classifier):
    rows = re.findall(r"^ (docs/photo_\w+\.jpg) +([\d /]+?)  ", PREDICT, re.MULTILINE)
    assert len(rows) == len(list((ROOT / "docs").glob("*.jpg"))) == 5
    for path, text in rows:
        assert PageReader(classifier).read((ROOT / path).read_bytes()).text.replace("\n", " / ") == text


def test_every_call_is_documented():
    for path in describe(ModelRegistry(Settings().checkpoint, Settings().models))["paths"]:
        assert path in API, f"{path} is missing from docs/api.md"
