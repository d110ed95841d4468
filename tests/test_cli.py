"""The command line: predict, info, serve, help."""

import json
import os
import re
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner
from pictures import ROOT, blank, drawn, encoded, png
from PIL import Image

from digits.cli import main

CHECKPOINT = str(ROOT / "mnist_model.pth")


@pytest.fixture
def samples(ten, tmp_path):
    """Paths of a 3, a 7 and an 8, in three formats."""
    paths = []
    for digit, format in ((3, "PNG"), (7, "JPEG"), (8, "GIF")):
        paths.append(tmp_path / f"{digit}.{format.lower()}")
        paths[-1].write_bytes(encoded(drawn(ten[digit]), format))
    return paths


def command(*arguments, status=0, given=None):
    result = CliRunner().invoke(main, [*map(str, arguments)], input=given)
    assert result.exit_code == status, result.output + repr(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


def predict(*arguments, **options):
    return command("predict", "--checkpoint", CHECKPOINT, *arguments, **options)


def python(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_predict_prints_a_line_for_each_picture_with_its_digit(samples):
    lines = predict(*samples).stdout.splitlines()
    assert len(lines) == 3
    for line, path in zip(lines, samples, strict=True):
        assert re.search(rf"{re.escape(path.name)}: +{path.stem}\b.* %", line)


def test_predict_prints_json_lines_as_api_read_with_the_path(samples, client):
    lines = predict("--json", *samples).stdout.splitlines()
    assert len(lines) == 3
    for line, path in zip(lines, samples, strict=True):
        told = json.loads(line)
        assert told.pop("path") == str(path)
        assert told["text"] == path.stem
        expected = client.post("/api/read", data=path.read_bytes(), content_type="image/png").get_json()
        for digit, other in zip(told["digits"], expected["digits"], strict=True):
            assert digit.pop("probabilities") == pytest.approx(other.pop("probabilities"), abs=1e-6)
            del other["input"]  # 1 KB a digit, of no use on a terminal
        assert told == expected


def test_predict_draws_what_it_read(samples, tmp_path):
    output = tmp_path / "new" / "result.png"
    predict(*samples[:2], "--output", output)
    with Image.open(output) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 300


def test_a_picture_that_cannot_be_read_is_reported_and_passed_over(samples, tmp_path):
    broken, nowhere = tmp_path / "broken.png", tmp_path / "nowhere.png"
    broken.write_bytes(samples[0].read_bytes()[:200])
    result = predict("--json", samples[0], broken, nowhere, tmp_path, samples[1], status=1)
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["3", "7"]
    complaints = result.stderr.splitlines()
    assert len(complaints) == 3
    for line, path in zip(complaints, (broken, nowhere, tmp_path), strict=True):
        assert str(path) in line


def test_a_blank_picture_has_no_digits(tmp_path):
    path = tmp_path / "blank.png"
    path.write_bytes(blank())
    assert "no ink" in predict(path).stdout
    told = json.loads(predict("--json", path).stdout)
    assert told == {"path": str(path), "width": 280, "height": 280, "text": "", "digits": []}
    predict(path, "--output", tmp_path / "result.png")
    assert (tmp_path / "result.png").exists()


def test_predict_asks_for_a_picture_when_none_is_given(samples):
    assert re.search(r"\b7\b.*%", predict(given=f"{samples[1]}\n").stdout)
    assert json.loads(predict("--json", given=f"{samples[1]}\n").stdout)["text"] == "7"


def test_another_checkpoint_may_read(samples):
    options = ["--checkpoint", ROOT / "models/two_conv.pth", "--json"]
    assert json.loads(command("predict", *options, samples[1]).stdout)["text"] == "7"


@pytest.mark.parametrize("name", ["predict", "info"])
def test_a_missing_checkpoint_is_named_in_one_line(name, samples, tmp_path):
    arguments = [samples[0]] if name == "predict" else []
    output = command(name, "--checkpoint", tmp_path / "no.pth", *arguments, status=1).output.strip()
    assert "no.pth" in output
    assert "train_mnist.py" in output
    assert len(output.splitlines()) == 1


def test_a_result_that_cannot_be_drawn_is_said_plainly(samples):
    assert samples[1].name in predict(samples[0], "--output", samples[1] / "result.png", status=1).output


def test_info_lists_the_layers_with_shapes_and_counts():
    told = json.loads(command("info", "--checkpoint", CHECKPOINT, "--json").stdout)
    assert (told["model"], told["parameters"]) == ("five_conv", 283_242)
    assert sum(layer["parameters"] for layer in told["layers"]) == 283_242
    table = command("info", "--checkpoint", CHECKPOINT).stdout
    assert "283,242" in table
    for layer in told["layers"]:
        shape = "×".join(map(str, layer["shape"]))
        assert re.search(rf"^{layer['name']} .*\b{shape}\b.*\b{layer['parameters']:,}\s*$", table, re.MULTILINE), layer


def test_info_of_a_network_by_name_needs_no_weights():
    told = json.loads(command("info", "--model", "four_conv_tiny", "--json").stdout)
    assert (told["parameters"], told["test_accuracy"]) == (16_614, None)
    assert "four_conv_tiny" in command("info", "--model", "resnet", status=1).output


@pytest.mark.parametrize("arguments", [[], ["train"], ["predict"], ["evaluate"], ["info"], ["serve"]])
def test_help_answers_without_importing_torch(arguments):
    code = (
        "import sys\n"
        "from digits.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "assert not {'torch', 'matplotlib', 'flask', 'PIL'} & sys.modules.keys()\n"
    )
    done = python("-c", code, *arguments, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
    assert "--help" in done.stdout


@pytest.mark.parametrize(("script", "name"), [("train_mnist.py", "train"), ("predict.py", "predict")])
def test_the_scripts_are_doors_to_the_same_commands(script, name):
    one, other = python(script, "--help"), python("-m", "digits", name, "--help")
    assert one.returncode == other.returncode == 0
    assert one.stdout.partition("\n")[2] == other.stdout.partition("\n")[2]  # all but the line of usage


def test_the_script_predict_py_reads_a_picture(ten, tmp_path):
    (tmp_path / "5.png").write_bytes(png(ten[5]))
    done = python("predict.py", tmp_path / "5.png", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["text"] == "5"
    assert done.stderr == ""


def test_a_taken_port_is_said_without_a_traceback():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = command("serve", "--port", port, status=1).output
    assert f"Port {port} is taken" in output
    assert f"{port + 1}" in output


def test_an_address_of_another_machine_is_said_without_a_traceback():
    assert "192.0.2.1" in command("serve", "--host", "192.0.2.1", status=1).output  # nobody's (RFC 5737)


def test_a_file_name_is_printed_as_it_is(samples):
    odd = samples[0].with_name("a[red]b[bold]3.png")
    samples[0].rename(odd)
    assert odd.name in predict(odd).stdout


@pytest.mark.parametrize("name", ["result.xyz", "result"])
def test_a_drawing_of_another_kind_is_refused_before_anything_is_read(name, samples, tmp_path):
    result = predict(samples[0], "--output", tmp_path / name, status=2)
    assert ".png" in result.output
    assert not result.stdout


def test_the_weights_that_came_along_are_used_from_any_folder(samples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert json.loads(command("predict", samples[1], "--json").stdout)["text"] == "7"


def test_a_setting_that_makes_no_sense_is_said_in_one_line():
    run = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", "-c", "server/gunicorn.conf.py", "server:create_app()"],
        cwd=ROOT, env={**os.environ, "INKLING_WORKERS": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "INKLING_WORKERS" in run.stderr
    assert "Traceback" not in run.stderr
