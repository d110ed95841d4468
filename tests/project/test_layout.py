"""docs/layout.md lists every package and folder, with the first line of the package's docstring."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = (ROOT / "docs/layout.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w./-]+/)` \| (.+) \|$", LAYOUT, re.MULTILINE))
PACKAGES = sorted(path.parent for folder in ("digits", "server") for path in (ROOT / folder).rglob("__init__.py"))


def folders(*parents):
    """Folders below the parents that hold code or words, as paths that end in a slash."""
    found = (path for parent in parents for path in (ROOT / parent).rglob("*") if path.is_dir())
    return {f"{path.relative_to(ROOT).as_posix()}/" for path in found if path.name != "__pycache__"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_package_has_a_line_that_equals_its_docstring(package):
    name = f"{package.relative_to(ROOT).as_posix()}/"
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert ROWS.get(name) == docstring.splitlines()[0]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_package_says_what_belongs_there_and_what_does_not(package):
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert "\nBelongs here: " in docstring
    assert "\nDoes not belong here: " in docstring


def test_each_folder_of_the_page_has_a_line():
    assert folders("static") - {"static/js/"} <= ROWS.keys()


def test_each_folder_of_tests_has_a_line():
    tests = {f"tests/{path.name}/" for path in (ROOT / "tests").iterdir() if path.is_dir()} - {"tests/__pycache__/"}
    assert tests == {name for name in ROWS if name.startswith("tests/")}


def test_no_line_is_without_its_folder():
    packages = {f"{package.relative_to(ROOT).as_posix()}/" for package in PACKAGES}
    for name in ROWS:
        assert (ROOT / name).is_dir(), name
        assert not name.startswith(("digits/", "server/")) or name in packages, f"{name} has no __init__.py"


def test_no_file_lies_loose_in_a_package_of_packages():
    assert len(list((ROOT / "digits").glob("*.py"))) <= 5
    assert len(list((ROOT / "server").glob("*.py"))) <= 7
    assert [path.name for path in (ROOT / "static/js").glob("*.js")] == ["main.js"]
