"""`evaluate`, with a hundred of the sheet's digits in MNIST's place, and the numbers that it tells."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from pictures import shipped
from PIL import Image
from torch.nn import functional as F

from digits.cli import main
from digits.data import mnist
from digits.data.dataset import Digits
from digits.evaluation import metrics
from digits.evaluation import report as evaluation
from digits.evaluation.corruptions import CORRUPTIONS, corrupt
from digits.evaluation.metrics import reliability
from digits.networks import checkpoint, layers, ood_head
from digits.networks.architectures import build
from digits.networks.calibration import Calibration
from digits.synthesis import outliers

pytestmark = pytest.mark.slow

TINY = shipped("four_conv_tiny")
PICTURES = {"confusion.png", "mistakes.png", "reliability.png", "conditions.png"}
CALIBRATION = Calibration(1.7, 0.8)


@pytest.fixture
def evaluate(hundred, monkeypatch):
    """Runs the command on the hundred digits and few outliers."""
    asked = []
    monkeypatch.setattr(mnist, "load", lambda directory, report=print: asked.append(directory) or (None, hundred))
    monkeypatch.setattr(evaluation, "OUTLIERS_PER_KIND", 4)

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["evaluate", *map(str, arguments)])
        assert result.exit_code == status, result.output + repr(result.exception)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    run.asked = asked
    return run


@pytest.fixture
def two_conditions(monkeypatch):
    """Only what is needed, where the conditions are not the matter."""
    for name in list(CORRUPTIONS):
        if name not in ("plain", "turned 20° left"):
            monkeypatch.delitem(CORRUPTIONS, name)


@pytest.fixture
def calibrated(hundred, tmp_path):
    """A network with a calibration of its own, which doubts some digits for no reason."""
    network, facts = checkpoint.load(TINY)
    torch.manual_seed(1)
    facts.ood_head = ood_head.build(network).eval()
    checkpoint.save(tmp_path / "mine.pth", network, facts)
    facts.calibration = replace(
        CALIBRATION, in_distribution_threshold=odds(tmp_path / "mine.pth", hundred).quantile(0.3).item()
    )
    checkpoint.save(tmp_path / "mine.pth", network, facts)
    return tmp_path / "mine.pth"


@torch.inference_mode()
def odds(path, digits):
    """Log-odds, by the OOD head alone, that it is a digit."""
    network, facts = checkpoint.load(path)
    found = {name: answer for name, _, answer in layers.layer_activations(network, digits.batch(slice(None)))}
    answers = facts.ood_head((found["pool2"], found["relu5"]))
    return answers[:, :10].logsumexp(dim=1) - answers[:, 10]


def told(result):
    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(result.stdout.splitlines()[-1], parse_constant=refuse)["networks"]


def drawings(folder):
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 100
    return {path.name for path in folder.iterdir()}


def untrained(path):
    checkpoint.save(path, build("mlp"), checkpoint.CheckpointMetadata("mlp"))
    return path


def test_the_numbers_are_those_of_the_networks_own_answers(evaluate, hundred, calibrated):
    [numbers] = told(evaluate("--checkpoint", calibrated, "--json"))
    answers = metrics.compute_logits(checkpoint.load(calibrated)[0], hundred)
    probabilities = (answers / 1.7).softmax(dim=1)
    guesses, labels = answers.argmax(dim=1), hundred.labels
    wrong, unclear, odds_of_digits = guesses != labels, probabilities.amax(dim=1) < 0.8, odds(calibrated, hundred)
    bound = odds_of_digits.quantile(0.3)
    unsure = unclear | (odds_of_digits < bound)
    assert 0 < wrong.sum() < 50
    assert 0 < unclear.sum() < unsure.sum() < 90
    assert (numbers["name"], numbers["model"], numbers["parameters"]) == ("mine", "four_conv_tiny", 16_614)
    assert (numbers["checkpoint"], numbers["digits"]) == (str(calibrated), 100)
    assert (numbers["temperature"], numbers["clear"]) == (1.7, 0.8)
    assert numbers["familiar"] == pytest.approx(bound.item(), abs=1e-3)
    assert numbers["accuracy"] == 100 - numbers["mistakes"] == 100 - int(wrong.sum())
    assert numbers["nll_before"] == pytest.approx(F.cross_entropy(answers, labels).item(), abs=1e-4)
    assert numbers["nll"] == pytest.approx(F.cross_entropy(answers / 1.7, labels).item(), abs=1e-4)
    assert numbers["ece_before"] == pytest.approx(reliability(answers.softmax(dim=1), labels).ece, abs=0.006)
    assert numbers["ece"] == pytest.approx(reliability(probabilities, labels).ece, abs=0.006)
    assert numbers["ece"] != numbers["ece_before"]
    assert numbers["digits_refused"] == int(unsure.sum()) > 0
    assert numbers["mistakes_caught"] == pytest.approx(
        100 * (unsure & wrong).sum().item() / wrong.sum().item(), abs=0.006
    )
    for label in range(10):
        for guess in range(10):
            assert numbers["confusion"][label][guess] == ((labels == label) & (guesses == guess)).sum()
        assert numbers["recall"][label] == 10 * numbers["confusion"][label][label]
        read = (guesses == label).sum().item()
        assert numbers["precision"][label] == pytest.approx(100 * numbers["confusion"][label][label] / read, abs=0.006)


def test_conditions_and_outliers_are_told_of_each_kind(evaluate, hundred, calibrated):
    [numbers] = told(evaluate("--checkpoint", calibrated, "--json"))
    network = checkpoint.load(calibrated)[0]
    assert numbers["conditions"].keys() == CORRUPTIONS.keys()
    assert numbers["conditions"]["plain"] == numbers["accuracy"]
    for name in ("turned 20° left", "thin strokes"):
        answers = metrics.compute_logits(network, Digits(corrupt(hundred.images, name), hundred.labels))
        assert numbers["conditions"][name] == pytest.approx(metrics.accuracy(answers, hundred.labels), abs=1e-4)
    assert list(numbers["outliers"]) == list(outliers.TEST_KINDS)
    for kind in list(outliers.TEST_KINDS)[::4]:
        drawn = outliers.draw_outliers(4, [kind], hundred, np.random.default_rng(evaluation.SEED))
        drawn = Digits(drawn, torch.zeros(4))
        clear = (metrics.compute_logits(network, drawn) / 1.7).softmax(dim=1).amax(dim=1) >= 0.8
        sure = clear & (odds(calibrated, drawn) >= odds(calibrated, hundred).quantile(0.3))
        assert numbers["outliers"][kind] == 25 * (~sure).sum()
    mean = sum(numbers["outliers"].values()) / len(outliers.TEST_KINDS)
    assert numbers["outliers_mean"] == pytest.approx(mean, abs=0.006)


@pytest.mark.usefixtures("two_conditions")
def test_several_networks_stand_side_by_side(evaluate, calibrated, tmp_path):
    other = tmp_path / "elsewhere" / "mine.pth"
    other.parent.mkdir()
    shutil.copy(shipped("mlp"), other)
    chosen = ["--checkpoint", calibrated, "--checkpoint", other, "--checkpoint", calibrated]
    result = evaluate(*chosen, "--json")
    networks = told(result)
    assert [(network["name"], network["model"]) for network in networks] == [
        ("mine", "four_conv_tiny"),
        ("mine-2", "mlp"),
    ]
    assert [network["checkpoint"] for network in networks] == [str(calibrated), str(other)]
    told_alone = [told(evaluate("--checkpoint", path, "--json"))[0] for path in (calibrated, other)]
    for network, alone in zip(networks, told_alone, strict=True):
        assert {**network, "name": "mine"} == alone
    [line] = [line for line in result.stderr.splitlines() if line.startswith("NLL after")]
    assert line.split()[-2:] == [f"{network['nll']:.4f}" for network in networks]
    [line] = [line for line in result.stderr.splitlines() if re.match("9 .*\\d$", line.rstrip())][1:]
    assert line.split() == ["9", *(f"{network['recall'][9]:.2f}" for network in networks)]
    [line] = [line for line in result.stderr.splitlines() if line.startswith("turned 20° left")]
    assert line.split()[-2:] == [f"{network['conditions']['turned 20° left']:.2f}" for network in networks]


@pytest.mark.usefixtures("two_conditions")
def test_all_are_the_default_and_those_in_the_folder_of_models(evaluate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    for name in ("mnist_model.pth", "models/four_conv_tiny.pth", "models/other.pth", "models/other.state.pth"):
        shutil.copy(TINY, name)
    names = [network["name"] for network in told(evaluate("--all", "--json"))]
    assert names == ["four_conv_tiny", "four_conv_tiny-2", "other"]
    assert [network["checkpoint"] for network in told(evaluate("--json"))] == ["mnist_model.pth"]


@pytest.mark.usefixtures("two_conditions")
def test_the_terminal_gets_tables(evaluate, calibrated):
    text = evaluate("--checkpoint", calibrated, "--data", "somewhere").stdout
    assert [str(folder) for folder in evaluate.asked] == ["somewhere"]
    [numbers] = told(evaluate("--checkpoint", calibrated, "--json"))
    assert f"{numbers['accuracy']:.2f} % of the 100 test digits" in text
    for name in ("plain", "turned 20° left"):
        assert re.search(rf"^{name}\b.* {numbers['conditions'][name]:.2f} *$", text, re.MULTILINE), name
    for kind, refused in numbers["outliers"].items():
        assert re.search(rf"^{kind} +{refused:.2f} *$", text, re.MULTILINE), kind
    for digit in range(10):
        precision, recall = numbers["precision"][digit], numbers["recall"][digit]
        others = [count for other, count in enumerate(numbers["confusion"][digit]) if other != digit]
        most = rf"\d, {max(others)} of 10" if any(others) else "–"
        assert re.search(rf"^ +{digit} +{precision:.2f} +{recall:.2f} +{most} *$", text, re.MULTILINE), digit


@pytest.mark.usefixtures("two_conditions")
def test_pictures_are_drawn_of_one_network(evaluate, tmp_path):
    evaluate("--checkpoint", TINY, "--output", tmp_path / "new" / "folder")
    assert drawings(tmp_path / "new" / "folder") == PICTURES


@pytest.mark.usefixtures("two_conditions")
def test_pictures_of_several_networks_lie_in_their_folders(evaluate, tmp_path):
    evaluate("--checkpoint", TINY, "--checkpoint", untrained(tmp_path / "raw.pth"), "--output", tmp_path / "out")
    assert drawings(tmp_path / "out") == {"four_conv_tiny", "raw", "conditions.png"}
    for name in ("four_conv_tiny", "raw"):
        assert drawings(tmp_path / "out" / name) == PICTURES


@pytest.mark.usefixtures("two_conditions")
def test_what_there_is_none_of_is_null(evaluate, tmp_path):
    path = untrained(tmp_path / "raw.pth")
    network, facts = checkpoint.load(path)
    network.logits.bias.data[7] = 1e6  # whatever it sees, it is a 7
    checkpoint.save(path, network, facts)
    result = evaluate("--checkpoint", path, "--json")
    [numbers] = told(result)
    assert numbers["precision"] == [None] * 7 + [10] + [None] * 2
    assert numbers["recall"] == [0] * 7 + [100] + [0] * 2
    assert numbers["mistakes_caught"] == 0


def test_a_network_without_mistakes_has_none_to_catch_and_an_empty_sheet(hundred, tmp_path):
    answers = 9.0 * F.one_hot(hundred.labels, 10).float()
    perfect = evaluation.Evaluation(hundred, answers, CALIBRATION, {"plain": 100.0}, {})
    assert perfect.summary()["mistakes_caught"] is None
    assert perfect.summary()["outliers_mean"] is None
    assert perfect.worst(40) == []
    from digits.pictures import figures

    nothing = np.zeros((0, 10))
    figures.draw_mistakes(np.zeros((0, 28, 28)), nothing, nothing, nothing, tmp_path / "mistakes.png")
    figures.draw_confusion(perfect.confusion.numpy(), tmp_path / "confusion.png")
    figures.draw_corruptions({"perfect": perfect.corruptions}, tmp_path / "conditions.png")
    assert len(drawings(tmp_path)) == 3


@pytest.mark.parametrize("damage", [None, b"", b"no weights"])
def test_a_missing_or_damaged_checkpoint_is_named_in_one_line_before_anything_is_tried(damage, evaluate, tmp_path):
    if damage is not None:
        (tmp_path / "bad.pth").write_bytes(damage)
    output = evaluate("--checkpoint", TINY, "--checkpoint", tmp_path / "bad.pth", status=1).output.strip()
    assert "bad.pth" in output
    assert len(output.splitlines()) == 1
    assert not evaluate.asked


@pytest.mark.usefixtures("two_conditions")
def test_weights_whose_answers_are_no_numbers_are_named_in_one_line(evaluate, tmp_path):
    network = build("mlp")
    for weight in network.parameters():
        weight.data.fill_(1e30)
    checkpoint.save(tmp_path / "huge.pth", network, checkpoint.CheckpointMetadata("mlp"))
    output = evaluate("--checkpoint", tmp_path / "huge.pth", status=1).output.strip()
    assert "huge.pth" in output.splitlines()[-1]
    assert "not finite" in output.splitlines()[-1]


def test_an_output_that_cannot_be_written_is_said_before_anything_is_tried(evaluate, tmp_path):
    (tmp_path / "file").write_text("in the way")
    output = evaluate("--checkpoint", TINY, "--output", tmp_path / "file" / "out", status=1).output.strip()
    assert str(tmp_path / "file") in output
    assert len(output.splitlines()) == 1
    assert not evaluate.asked


# The numbers, by hand.


def test_all_are_those_of_the_project_where_there_is_no_other_folder_of_models(tmp_path, monkeypatch):
    from digits.cli.evaluate import _shipped

    shutil.copy(TINY, tmp_path / "mnist_model.pth")
    monkeypatch.chdir(tmp_path)
    default, *others = _shipped()
    assert default.resolve() == tmp_path / "mnist_model.pth"
    assert shipped("two_conv") in others
    assert not [path for path in others if path.name.endswith(".state.pth")]
