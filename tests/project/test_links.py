"""Links and paths in the documents lead to files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PATHS = r"`((?:digits|server|static|templates|tests|benchmarks|tools|deploy|notebooks|samples|docs)/[\w./-]+)`"
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_each_link_leads_to_a_file(page):
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@each_page
def test_each_link_to_a_heading_finds_it(page):
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        target = page.parent / link if link else page
        if target.suffix == ".md":
            assert anchor in anchors(target), f"{link}#{anchor}"


@each_page
def test_each_path_in_code_style_exists(page):
    for path in re.findall(PATHS, page.read_text(encoding="utf-8")):
        if not re.search(r"\b(NAME|CODE)\b", path):
            assert (ROOT / path).exists(), path


def test_the_readme_leads_to_every_page_of_docs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").glob("*.md")):
        assert f"](docs/{page.name})" in readme, page.name


def test_every_picture_of_docs_is_shown():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = [path for kind in ("png", "gif") for path in (ROOT / "docs").glob(f"*.{kind}")]
    assert [path.name for path in pictures if path.name not in text] == []
