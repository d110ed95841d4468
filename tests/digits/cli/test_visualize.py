"""The walkthrough pictures of a prediction: content, names, replacement of earlier files, and error messages."""

import json
import re
import shutil
from pathlib import Path

import pytest
from commands import command
from pictures import ROOT, blank, placed, shipped
from PIL import Image

from digits.cli.visualize import _walkthrough
from digits.explain.gradient_step import gradient_step
from digits.networks import checkpoint
from digits.networks.architectures import ARCHITECTURES
from digits.pictures.canvas import Canvas
from digits.pictures.walkthrough import draw_walkthrough
from digits.recognition.classifier import DigitClassifier
from digits.training.recipes import DEFAULT_MODEL

pytestmark = pytest.mark.slow

START = ["00a_training_dataset", "00b_input"]
LAYERS = {
    "three_block": [
        "01_conv1", "02_batchnorm1", "03_relu1", "04_pool1",
        "05_conv2", "06_batchnorm2", "07_relu2", "08_pool2",
        "09_conv3", "10_batchnorm3", "11_relu3", "12_pool3",
        "13_flatten", "14_fc1", "15_relu4", "16_dropout", "17_logits", "18_probabilities",
        "19_learning_from_labels", "20_prediction_summary",
    ],
    "five_conv": [
        "01_conv1", "02_batchnorm1", "03_relu1", "04_pool1",
        "05_conv2", "06_batchnorm2", "07_relu2", "08_conv3", "09_batchnorm3", "10_relu3", "11_pool2",
        "12_conv4", "13_batchnorm4", "14_relu4", "15_conv5", "16_batchnorm5", "17_relu5", "18_pool3",
        "19_flatten", "20_dropout", "21_logits", "22_probabilities",
        "23_learning_from_labels", "24_prediction_summary",
    ],
    "mlp": [
        "01_flatten", "02_fc1", "03_relu1", "04_logits", "05_probabilities",
        "06_learning_from_labels", "07_prediction_summary",
    ],
}  # fmt: skip
SIX = ROOT / "samples/6_sideways_phone.jpg"


def visualize(*arguments, model="mlp", **options):
    return command("visualize", "--checkpoint", shipped(model), *arguments, **options)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Draws the walkthrough of a photo by the mlp; returns the folder and the result of the command."""
    folder = tmp_path_factory.mktemp("drawn") / "new" / "pictures"
    return folder, visualize("--image", SIX, "--label", 6, "--output", folder, "--json")


def told(canvas):
    """Returns all text of a canvas."""
    return " ".join(canvas.texts)


@pytest.mark.parametrize("model", ["three_block", "five_conv"])
def test_every_layer_has_its_numbered_picture(model, tmp_path):
    printed = visualize("--output", tmp_path, model=model).stdout.strip().splitlines()
    names = [f"{name}.png" for name in START + LAYERS[model]]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert picture.width >= 1200
            assert picture.height >= 400
    if model == DEFAULT_MODEL:
        assert (
            printed[-1].replace(str(tmp_path), "visualizations") in (ROOT / "docs/predict.md").read_text().splitlines()
        )


def test_json_tells_the_reading_and_the_pictures(drawn):
    folder, printed = drawn
    answer = json.loads(printed.stdout)
    assert (answer["model"], answer["digit"], answer["label"], answer["sure"]) == ("mlp", 6, 6, True)
    assert (answer["image"], answer["output"]) == (str(SIX), str(folder))
    assert answer["pictures"] == [f"{name}.png" for name in START + LAYERS["mlp"]]
    assert sorted(path.name for path in folder.iterdir()) == answer["pictures"]


def test_pictures_are_drawn_without_mnist_and_without_fetching_it(tmp_path):
    output = visualize("--output", tmp_path / "out", "--data", tmp_path / "none").stdout
    assert not (tmp_path / "none").exists()
    assert output.splitlines()[-1].startswith(f"9 pictures in {tmp_path / 'out'}: mlp reads a 7")


@pytest.mark.parametrize("model", ARCHITECTURES)
def test_the_example_is_read_right_and_has_something_to_teach(model):
    classifier = DigitClassifier.from_checkpoint(shipped(model))
    walkthrough = _walkthrough(classifier, None, None, ROOT / "no data")
    assert walkthrough.prediction.digit == walkthrough.label == 7
    assert 0.001 < gradient_step(walkthrough.network, walkthrough.prediction.image, walkthrough.label).loss < 0.5
    names = [name for name, _ in draw_walkthrough(walkthrough)]
    assert names == START + LAYERS.get(model, names[2:])
    assert len(names) == 4 + len(classifier.layers)


def test_the_first_picture_says_whose_digits_it_shows(tmp_path):
    classifier = DigitClassifier.from_checkpoint(shipped("mlp"))
    drawings = dict(draw_walkthrough(_walkthrough(classifier, None, None, tmp_path)))
    words = told(drawings["00a_training_dataset"]())
    assert "400 MNIST test digits that come with the project" in words
    assert "55,000" not in words


def test_the_pictures_speak_of_the_label_that_was_given(tmp_path):
    classifier = DigitClassifier.from_checkpoint(shipped("mlp"))
    walkthrough = _walkthrough(classifier, None, 1, tmp_path)
    drawings = dict(draw_walkthrough(walkthrough))
    assert "its label is 1" in told(drawings["06_learning_from_labels"]())
    assert "though its label is 1" in told(drawings["07_prediction_summary"]())
    unlabelled = dict(draw_walkthrough(_walkthrough(classifier, SIX, None, tmp_path)))
    assert "what the network reads, 6" in told(unlabelled["06_learning_from_labels"]())


def test_a_network_of_huge_numbers_is_drawn_too(tmp_path):
    network, facts = checkpoint.load(shipped("mlp"))
    network.logits.weight.data *= 1e4
    checkpoint.save(tmp_path / "huge.pth", network, facts)
    command("visualize", "--checkpoint", tmp_path / "huge.pth", "--label", 3, "--output", tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == len(START + LAYERS["mlp"])


def test_an_earlier_runs_pictures_go_and_all_else_stays(drawn, tmp_path):
    shutil.copytree(drawn[0], tmp_path / "out")
    stale = tmp_path / "out/09_conv3.png"
    shutil.copy(tmp_path / "out/01_flatten.png", stale)
    (tmp_path / "out/notes.txt").write_text("mine")
    Image.new("L", (9, 9)).save(tmp_path / "out/10_mine.png")
    (tmp_path / "out/11_broken.png").write_bytes(b"no picture")
    visualize("--output", tmp_path / "out", "--data", tmp_path)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    kept = {"notes.txt", "10_mine.png", "11_broken.png"}
    assert names == {f"{name}.png" for name in START + LAYERS["mlp"]} | kept


def test_a_run_that_fails_leaves_the_earlier_pictures(drawn, tmp_path, monkeypatch):
    shutil.copytree(drawn[0], tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    save = Canvas.save

    def full(drawing, path):
        if path.name.startswith("03"):
            raise OSError(28, "No space left on device", str(path))
        save(drawing, path)

    monkeypatch.setattr(Canvas, "save", full)
    output = visualize("--output", tmp_path / "out", "--data", tmp_path, status=1).output
    assert "No space left on device" in output
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_what_a_user_may_do_wrong_is_said_in_one_line(tmp_path):
    (tmp_path / "words.txt").write_text("a letter")
    (tmp_path / "blank.png").write_bytes(blank())
    for image, said in (
        ("words.txt", "picture"),
        ("blank.png", "no ink"),
        ("gone.png", "No such file"),
        ("", "irectory"),
    ):
        output = visualize("--image", tmp_path / image, "--output", tmp_path / "out", status=1).output
        assert str(tmp_path / image) in output
        assert said in output
        assert len(output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_of_a_page_the_one_digit_is_taken_and_several_are_refused(tmp_path, ten):
    classifier = DigitClassifier.from_checkpoint(shipped("five_conv"))
    several = ROOT / "docs/photo_table.jpg"
    output = visualize("--image", several, "--output", tmp_path / "out", model="five_conv", status=1).output
    assert re.search(r"There are \d+ digits on this picture", output)
    assert "predict.py" in output
    page = placed(ten[5], (900, 700), (500, 300), 120)
    page.paste(80, (0, 0, 900, 40))  # the table's edge
    page.save(tmp_path / "page.png")
    walkthrough = _walkthrough(classifier, tmp_path / "page.png", None, tmp_path)
    assert walkthrough.prediction.digit == 5
    x, y, width, height = walkthrough.prediction.box
    assert (x, y) >= (500, 300)
    assert max(width, height) < 120


def test_a_place_that_cannot_be_a_folder_is_refused(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert "is a file" in visualize("--output", taken, status=1).output
    assert str(taken) in visualize("--output", taken / "below", status=1).output
    if Path("/proc").exists():  # where not even root can write
        assert "/proc: Nothing can be written" in visualize("--output", "/proc", status=1).output
    assert "Invalid value for '--label'" in visualize("--label", 12, "--output", tmp_path / "out", status=2).output
    assert taken.read_text() == "mine"


def test_the_walk_through_shows_pictures_of_this_command():
    folder = ROOT / "docs/how-it-works"
    text = (ROOT / "docs/how-it-works.md").read_text()
    shown = sorted(path.name for path in folder.iterdir())
    assert all(f"how-it-works/{name}" in text for name in shown)
    assert all(name.removesuffix(".png") in START + LAYERS["five_conv"] for name in shown)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2**20
    assert "visualize.py" in text
