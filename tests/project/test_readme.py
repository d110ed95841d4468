"""The README, and what it points at, keep step with the code."""

import re
from dataclasses import fields
from pathlib import Path

from digits.networks.architectures import ARCHITECTURES, build
from digits.recognition.page_reader import PageReader
from server.inference.model_registry import ModelRegistry
from server.openapi.document import describe
from server.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_readme():
    for setting in fields(Settings):
        row = rf"\| `{variable(setting.name)}` \| .* \| {re.escape(setting.metadata['meaning'])} \|"
        assert re.search(row, README), f"the README's table of settings lacks: {row}"


def test_every_network_stands_in_the_readme_with_its_parameters():
    for name in ARCHITECTURES:
        assert re.search(rf"\| `{name}` \|.*\| {build(name).parameter_count:,} \|", README), name


def test_every_dependency_stands_in_the_readme_with_its_reason():
    for file in ("requirements.txt", "requirements-dev.txt", "deploy/requirements.txt"):
        for line in (ROOT / file).read_text().splitlines():
            name = re.match(r"[a-z][\w-]*", line)
            if name:
                assert re.search(rf"^\| {name.group()} \| .+ \|$", README, re.MULTILINE), name.group()


def test_every_file_of_the_code_stands_in_the_layout():
    layout = (ROOT / "docs/layout.md").read_text()
    for folder in ("digits", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            assert path.name == "__init__.py" or path.name in layout, f"{path} is missing from docs/layout.md"


def test_the_readme_holds_no_placeholder():
    assert not re.findall(r"^[A-Z_]{4,}$|@[A-Z]+@", README, re.MULTILINE)


def test_the_photos_are_read_as_the_readme_says(classifier):
    rows = re.findall(r"^ (docs/photo_\w+\.jpg) +([\d /]+?)  ", README, re.MULTILINE)
    assert len(rows) == len(list((ROOT / "docs").glob("*.jpg"))) == 5
    for path, text in rows:
        assert PageReader(classifier).read((ROOT / path).read_bytes()).text.replace("\n", " / ") == text


def test_every_call_stands_in_the_api_page():
    told = (ROOT / "docs/api.md").read_text()
    for path in describe(ModelRegistry(Settings().checkpoint, Settings().models))["paths"]:
        assert path in told, f"{path} is missing from docs/api.md"


def test_no_link_of_the_documents_leads_nowhere():
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
