"""A network learns in the page: real training, on the digits that ship."""

import re

import pytest
from digits_by_hand import draw
from playwright.sync_api import expect
from serving import Server, free_port
from stand_in import stand_in

SLOW = 60_000  # ms: a process starts


def opened(folder):
    """A server with digits of its own to learn from."""
    server = Server(free_port(), INKLING_DATA=str(stand_in(folder)))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    yield from opened(tmp_path_factory.mktemp("data"))


@pytest.fixture
def new_school(tmp_path):
    """One in which nothing was ever learnt."""
    yield from opened(tmp_path)


def test_a_network_learns_rests_is_found_again_and_is_used(open_page, school):
    page = open_page("#panel=learn", url=school)
    panel = page.locator("#panel-learn")
    told = panel.get_by_role("status")
    expect(told).to_have_text("Nothing is learning yet.")
    expect(panel.get_by_role("button", name="Stop")).to_be_disabled()
    panel.get_by_role("combobox", name="Network").select_option("mlp")
    expect(panel.get_by_label("Batch size")).to_have_value("128")  # as this network is usually trained
    panel.get_by_label("Digits to learn from").select_option("1000")
    panel.get_by_label("Times through them").fill("200")
    panel.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    expect(told).to_have_text(re.compile(r"^Epoch \d+ of 200: .* it reads [5-9]\d\.\d % right\.$"), timeout=SLOW)
    expect(panel.get_by_role("button", name="Start")).to_be_disabled()
    expect(panel.locator(".chart path.lead").first).to_have_attribute("d", re.compile("^M.*L"))
    expect(panel.locator(".kernels canvas")).to_have_count(32)
    expect(panel.locator(".tile")).to_have_count(40)
    mine = panel.locator(".drawing")
    expect(mine).to_contain_text("Draw a digit")
    draw(page, 7)
    expect(mine.locator(".winner")).to_have_count(1)
    expect(mine).not_to_contain_text("Draw a digit")

    panel.get_by_role("button", name="Pause").click()
    expect(told).to_contain_text("At rest in epoch")
    page.reload()
    expect(told).to_contain_text("At rest in epoch")
    expect(panel.get_by_label("Times through them")).to_have_value("200")
    panel.get_by_role("button", name="Go on").click()
    expect(told).to_contain_text("Of digits that it has not learnt from")
    panel.get_by_role("button", name="Stop").click()
    expect(told).to_contain_text(
        re.compile(r"Stopped\. The last whole epoch counts, number \d+: .* % of the 10,000"), timeout=SLOW
    )
    with page.expect_download() as download:
        panel.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "mlp.pth"
    panel.get_by_role("button", name="Use it in the page").click()
    expect(page.locator("#model")).to_have_value("trained-1")
    draw(page, 7)
    expect(page.locator("#digit")).to_have_text("7")
    page.get_by_role("tab", name="Layers").click()
    expect(page.locator(".layer")).not_to_have_count(0)


def test_a_training_that_was_begun_elsewhere_is_seen_when_the_tab_is_chosen_again(new_school, open_page):
    # The school first: what is made last ends first, and a page whose server is gone before it logs errors.
    page, other = (open_page("#panel=learn", url=new_school) for _ in range(2))
    panel, elsewhere = page.locator("#panel-learn"), other.locator("#panel-learn")
    told = panel.get_by_role("status")
    expect(told).to_have_text("Nothing is learning yet.")
    elsewhere.get_by_role("combobox", name="Network").select_option("mlp")
    elsewhere.get_by_label("Digits to learn from").select_option("1000")
    elsewhere.get_by_label("Times through them").fill("200")
    elsewhere.get_by_role("button", name="Start").click()
    expect(elsewhere.get_by_role("button", name="Stop")).to_be_enabled(timeout=SLOW)
    expect(told).to_have_text("Nothing is learning yet.")
    page.get_by_role("tab", name="Layers").click()
    page.get_by_role("tab", name="Train").click()
    expect(told).to_contain_text("Epoch", timeout=SLOW)
    panel.get_by_role("button", name="Stop").click()
    expect(told).to_contain_text("Stopped.", timeout=SLOW)
