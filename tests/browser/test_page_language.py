"""The page in Chinese, and the switch between the languages."""

import re

from digits_by_hand import draw
from playwright.sync_api import expect

from digits.networks.architectures import ARCHITECTURES

# Names that the field has in any language, keys, formats, and the other languages' own names.
NAMES = {
    *(
        "Inkling",
        "API",
        "English",
        "Ctrl",
        "Shift",
        "Esc",
        "Enter",
        "PNG",
        "JPEG",
        "WebP",
        "JSON",
        "CSV",
        "MNIST",
        "ReLU",
        "Adam",
        "AdamW",
        "SGD",
    ),
    *("softmax", "conv", "batchnorm", "relu", "pool", "flatten", "fc", "dropout", "logits", "probabilities"),
}

TEXTS = """() => {
    const spoken = (element) => ["title", "aria-label", "aria-valuetext", "placeholder", "alt"]
        .map((name) => element.getAttribute(name));
    const head = [document.title, document.querySelector("meta[name=description]").content];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const written = [];
    while (walker.nextNode()) written.push(walker.currentNode.data);
    return [...head, ...written, ...[...document.querySelectorAll("body *")].flatMap(spoken)]
        .filter(Boolean);
}"""


def english(page):
    """The English words that anyone could see or hear on the page."""
    words = {word for text in page.evaluate(TEXTS) for word in re.findall(r"[A-Za-z][A-Za-z_]+", text)}
    return words - NAMES - ARCHITECTURES.keys()


def test_the_chinese_page_has_no_english_left(open_page):
    page = open_page(locale="zh-CN")
    assert page.evaluate("document.documentElement.lang") == "zh"
    for what in (7, "a smiley"):
        draw(page, what)
        expect(page.locator("#said")).not_to_be_empty()
        page.locator(".layer .maps").first.hover()
        assert english(page) == set()
        page.click("#clear")
    draw(page, 3)
    for tab in page.locator("#panels button").all():
        tab.click()
        page.wait_for_load_state("networkidle")
        assert english(page) == set(), tab.inner_text()
    for name in ("#hide", "#lessons", '[data-lesson="filter"]'):
        page.click(name)
        page.locator("#vote" if name == "#hide" else "#lesson .text:not(:empty)").wait_for()
        assert english(page) == set()


def test_the_choice_of_language_is_kept(page):
    page.select_option("#language", "zh")
    page.wait_for_url("**/?lang=zh*")
    expect(page.locator("#clear")).to_have_text("清除")
    page.goto(page.url.split("?")[0])
    expect(page.locator("#clear")).to_have_text("清除")
    expect(page.locator("#language")).to_have_value("zh")
