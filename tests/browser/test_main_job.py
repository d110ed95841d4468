"""The main job, from end to end: train a network, serve it with gunicorn, draw with the pointer, read the answer."""

import pytest
from digits_by_hand import draw
from playwright.sync_api import expect
from serving import Server, free_port

from digits.networks import checkpoint
from digits.training.loop import Run, fit
from digits.training.recipes import Recipe


@pytest.fixture(scope="module")
def trained(sheet, tmp_path_factory):
    recipe = Recipe(epochs=25, batch_size=40, optimizer="adam", lr=2e-3, schedule="cosine", augment="light")
    run = Run("two_conv", recipe, seed=1)
    for _ in fit(run, sheet, None):
        pass
    path = tmp_path_factory.mktemp("trained") / "mnist_model.pth"
    checkpoint.save(path, run.network, run.metadata())
    return path


def test_a_network_trained_a_moment_ago_reads_what_is_drawn(trained, open_page, tmp_path):
    server = Server(free_port(), INKLING_CHECKPOINT=str(trained), INKLING_MODELS=str(tmp_path))
    server.start()
    try:
        page = open_page(url=server.url)
        assert page.locator("#model option").count() == 1
        for digit in (0, 2, 7):
            draw(page, digit)
            expect(page.locator("#digit")).to_contain_text(str(digit))
            bars = page.locator(".bar")
            values = [float(bars.nth(i).get_attribute("aria-valuenow")) for i in range(10)]
            assert max(range(10), key=values.__getitem__) == digit
            page.locator("#clear").click()
    finally:
        server.stop()


def test_one_network_alone_can_be_seen_and_a_broken_default_is_said(trained, open_page, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    (models / "mine.pth").write_bytes(trained.read_bytes())
    server = Server(free_port(), INKLING_CHECKPOINT=str(tmp_path / "missing.pth"), INKLING_MODELS=str(models))
    server.start(ready=False)
    try:
        page = open_page(url=server.url)
        expect(page.locator("#model")).to_have_value("mine")
        expect(page.locator("#notice")).to_contain_text("broken")
        draw(page, 2)
        expect(page.locator("#digit")).to_contain_text("2")
    finally:
        server.stop()
