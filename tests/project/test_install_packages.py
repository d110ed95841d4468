"""tools/install_packages.py, against an index of made-up packages on this computer."""

import base64
import functools
import hashlib
import http.server
import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
import venv
import zipfile
from pathlib import Path

import pip
import pytest
from pictures import ROOT

SCRIPT = ROOT / "tools/install_packages.py"
PACKAGES = ("torch", "torchvision")


@pytest.fixture
def script(monkeypatch):
    """The script as a module, on a Linux computer without a GPU that has no PyTorch yet."""
    spec = importlib.util.spec_from_file_location("install_packages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module, "NVIDIA_DRIVER", ROOT / "there is no such file")
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    return module


def make_wheel(folder, name):
    """A wheel that holds one empty module."""
    info = f"{name}-99.0+cpu.dist-info"
    files = {
        f"{name}.py": b"",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 99.0+cpu\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    with zipfile.ZipFile(folder / f"{name}-99.0+cpu-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{path},sha256={digest},{len(content)}")
            wheel.writestr(path, content)
        wheel.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,", ""]))


@pytest.fixture
def index(tmp_path):
    """The address of an index with torch and torchvision, and the list of requests it got."""
    requests = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_request(self, *_):
            requests.append(f"{self.command} {self.path}")

    for name in PACKAGES:
        (tmp_path / "index" / name).mkdir(parents=True)
        make_wheel(tmp_path / "index" / name, name)
    handler = functools.partial(Handler, directory=tmp_path / "index")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()


@pytest.fixture
def closed():
    """The address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def silent():
    """The address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_cpu_index_is_taken_after_one_request(script, index, capsys):
    address, requests = index
    assert script.torch_index("", address) == address
    assert requests == ["HEAD /torch/"]
    assert capsys.readouterr().out.count("\n") == 1


def test_an_index_that_is_closed_means_pypi(script, closed, capsys):
    assert script.torch_index("", closed) is None
    assert capsys.readouterr().out == (
        f"{closed} does not answer: torch and torchvision come from PyPI (with CUDA, about 5 GB).\n"
    )


def test_an_index_without_torch_means_pypi(script, index):
    assert script.torch_index("", f"{index[0]}/torch") is None


def test_an_index_that_never_answers_is_given_up_in_time(script, silent):
    assert script.PROBE_SECONDS <= 5
    started = time.monotonic()
    assert not script.answers(silent, seconds=0.3)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("change", ["driver", "platform", "installed"])
def test_where_the_cpu_build_is_of_no_use_nobody_is_asked(change, script, index, monkeypatch, tmp_path):
    if change == "driver":
        (tmp_path / "version").touch()
        monkeypatch.setattr(script, "NVIDIA_DRIVER", tmp_path / "version")
    elif change == "platform":
        monkeypatch.setattr(script.sys, "platform", "darwin")
    else:
        monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: name)
    assert script.torch_index("", index[0]) is None
    assert index[1] == []


def test_torch_index_decides_by_hand(script, index):
    assert script.torch_index("pypi", index[0]) is None
    assert script.torch_index("https://mirror.example", index[0]) == "https://mirror.example"
    assert index[1] == []


def test_both_packages_keep_the_versions_of_the_requirements(script):
    torch, torchvision = script.torch_requirements(ROOT / "requirements-dev.txt")
    assert torch.startswith("torch>=")
    assert torchvision.startswith("torchvision>=")


def run(python, *arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "TORCH_"))}
    command = [str(python), str(SCRIPT), *map(str, arguments)]
    environment = {**inherited, "PIP_CONFIG_FILE": os.devnull, **environment}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("wanted", ["pypi", "https://mirror.example/whl"])
def test_a_dry_run_prints_the_commands(wanted):
    lines = run(sys.executable, ROOT / "requirements.txt", "--dry-run", TORCH_INDEX=wanted).splitlines()
    assert lines.pop() == f"{sys.executable} -m pip install -r {ROOT / 'requirements.txt'}"
    expected = f"{sys.executable} -m pip install --index-url {wanted} torch>=2.14 torchvision>=0.29"
    assert lines == ([] if wanted == "pypi" else [expected])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the CPU index is for Linux")
def test_a_fresh_environment_gets_both_packages_from_the_cpu_index(index, tmp_path):
    if Path("/proc/driver/nvidia/version").exists():
        pytest.skip("this computer has an NVIDIA driver")
    venv.create(tmp_path / "fresh")
    [packages] = (tmp_path / "fresh").glob("lib/python*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)  # quicker than to install pip
    (tmp_path / "requirements.txt").write_text("torch>=2.14\ntorchvision>=0.29  # with torch\n")
    python = tmp_path / "fresh/bin/python"
    printed = run(python, tmp_path / "requirements.txt", "--cpu-index", index[0])
    assert f"torch and torchvision come from {index[0]}" in printed
    code = "from importlib.metadata import version; print(version('torch'), version('torchvision'))"
    versions = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout
    assert versions.split() == ["99.0+cpu", "99.0+cpu"]
