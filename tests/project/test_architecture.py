"""The shape of the code: which package imports which, how many files a folder has, how docstrings begin."""

import ast
import itertools
from functools import cache
from graphlib import TopologicalSorter

import pytest
from pictures import ROOT

MAX_CHAIN = 9  # packages
MAX_FIRST_LINE = 100  # characters
MAX_QUESTION_SHARE = 0.01
QUESTION_WORDS = {"What", "Which", "Who", "Whether", "How", "Where", "When", "That"}
DOCUMENTED = ("digits", "server", "benchmarks", "tools")
DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def package_of(module):
    """The package of a module directly below digits or server; modules without one, as digits.errors, have none."""
    parts = module.split(".")[:2]
    return ".".join(parts) if len(parts) == 2 and ROOT.joinpath(*parts).is_dir() else None


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imports():
    """The packages that each package of digits and server imports."""
    found = {}
    for path in itertools.chain((ROOT / "digits").rglob("*.py"), (ROOT / "server").rglob("*.py")):
        package = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if package and path.parent != ROOT / package.split(".")[0]:
            others = {package_of(module) for module in imported_modules(parse(path))}
            found.setdefault(package, set()).update(others - {package, None})
    return found


def test_packages_import_each_other_in_no_circle_and_in_short_chains():
    """A circle is a CycleError here."""
    chains = {}
    for package in TopologicalSorter(imports()).static_order():
        chains[package] = [package, *max((chains[other] for other in imports()[package]), key=len, default=[])]
    assert len(chains) > 10
    longest = max((chains[package] for package in chains if package.startswith("digits.")), key=len)
    assert len(longest) <= MAX_CHAIN, " → ".join(longest)


@pytest.mark.parametrize(
    ("folder", "pattern", "limit"), [("digits", "*.py", 5), ("server", "*.py", 7), ("static/js", "*.js", 1)]
)
def test_few_files_lie_directly_in_the_largest_folders(folder, pattern, limit):
    files = sorted(path.name for path in (ROOT / folder).glob(pattern))
    assert 0 < len(files) <= limit, files


@cache
def docstrings():
    """Returns the place and the first line of each docstring."""
    found = []
    for path in itertools.chain.from_iterable((ROOT / folder).rglob("*.py") for folder in DOCUMENTED):
        for node in ast.walk(parse(path)):
            if isinstance(node, DEFINITIONS) and (text := ast.get_docstring(node)):
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
                found.append((place, text.splitlines()[0]))
    return found


def test_docstrings_begin_with_no_question_word():
    found = [f"{place} {line}" for place, line in docstrings() if line.partition(" ")[0] in QUESTION_WORDS]
    assert len(found) <= MAX_QUESTION_SHARE * len(docstrings()), "\n".join(found)


def test_first_lines_of_docstrings_are_short():
    assert not [f"{place} {line}" for place, line in docstrings() if len(line) > MAX_FIRST_LINE]
