"""The command line: info, serve, help."""

import json
import os
import re
import socket
import subprocess
import sys

import pytest
from commands import CHECKPOINT, command, python
from pictures import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["predict", "info"])
def test_a_missing_checkpoint_is_named_in_one_line(name, tmp_path):
    arguments = [ROOT / "samples/3_drawn.png"] if name == "predict" else []
    output = command(name, "--checkpoint", tmp_path / "no.pth", *arguments, status=1).output.strip()
    assert "no.pth" in output
    assert "train_mnist.py" in output
    assert len(output.splitlines()) == 1


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


@pytest.mark.parametrize("arguments", [[], ["train"], ["predict"], ["visualize"], ["evaluate"], ["info"], ["serve"]])
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


DOORS = {"train_mnist.py": "train", "predict.py": "predict", "visualize.py": "visualize"}


@pytest.mark.parametrize(("script", "name"), DOORS.items())
def test_the_scripts_are_doors_to_the_same_commands(script, name):
    one, other = python(script, "--help"), python("-m", "digits", name, "--help")
    assert one.returncode == other.returncode == 0
    assert one.stdout.partition("\n")[2] == other.stdout.partition("\n")[2]  # all but the line of usage


def test_a_taken_port_is_said_without_a_traceback():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = command("serve", "--port", port, status=1).output
    assert f"Port {port} is taken" in output
    assert f"{port + 1}" in output


def test_an_address_of_another_machine_is_said_without_a_traceback():
    assert "192.0.2.1" in command("serve", "--host", "192.0.2.1", status=1).output  # nobody's (RFC 5737)


def test_a_setting_that_makes_no_sense_is_said_in_one_line():
    run = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", "-c", "server/gunicorn.conf.py", "server:create_app()"],
        cwd=ROOT, env={**os.environ, "INKLING_WORKERS": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "INKLING_WORKERS" in run.stderr
    assert "Traceback" not in run.stderr
