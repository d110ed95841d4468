"""Reading looks in the current folder first, then among the files that ship."""

import os

import pytest
from pictures import ROOT

from digits import paths
from digits.networks.checkpoint import list_checkpoints
from server.settings import Settings


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """Packages installed from a wheel, with a file beside them that belongs to another project."""
    (tmp_path / "installed/server/_files/models").mkdir(parents=True)
    (tmp_path / "installed/server/_files/mnist_model.pth").touch()
    (tmp_path / "installed/models").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(paths, "PACKAGES", tmp_path / "installed")
    monkeypatch.setattr(paths, "WHEEL_FILES", tmp_path / "installed/server/_files")
    return paths.WHEEL_FILES


def test_a_checkout_reads_its_own_files(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert paths.shipped("static") == ROOT / "static"
    assert paths.find("mnist_model.pth") == ROOT / "mnist_model.pth"


def test_a_wheel_reads_the_files_inside_it(wheel):
    assert paths.find("mnist_model.pth") == wheel / "mnist_model.pth"
    assert paths.find("models") == wheel / "models"


def test_the_current_folder_comes_first(wheel, tmp_path):
    for name in ("models", "static"):
        (tmp_path / "here" / name).mkdir()
    assert paths.find("models") == paths.Path("models")
    assert paths.shipped("static") == wheel / "static"


def test_what_is_nowhere_keeps_its_name(wheel, tmp_path):
    assert paths.find("models/none.pth") == paths.Path("models/none.pth")
    assert paths.find(tmp_path / "none.pth") == tmp_path / "none.pth"


def test_settings_look_in_the_folder_where_the_server_starts(wheel, tmp_path):
    assert Settings().checkpoint == wheel / "mnist_model.pth"
    (tmp_path / "here/mnist_model.pth").touch()
    assert Settings().checkpoint.resolve() == tmp_path / "here/mnist_model.pth"
    assert Settings().data.resolve() == tmp_path / "here/data"


def test_child_processes_of_a_checkout_find_its_packages(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "other")
    assert paths.python_path() == f"{ROOT}{os.pathsep}other"
    monkeypatch.delenv("PYTHONPATH")
    assert paths.python_path() == str(ROOT)


def test_child_processes_of_a_wheel_need_no_path(wheel, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "other")
    assert paths.python_path() == "other"


def test_networks_of_the_current_folder_are_added_to_those_that_ship(wheel, tmp_path):
    for name in ("mlp.pth", "two_conv.pth", "two_conv.state.pth"):
        (wheel / "models" / name).touch()
    (tmp_path / "here/models").mkdir()
    (tmp_path / "here/models/mlp.pth").touch()
    served = list_checkpoints(paths.find("models"), add_shipped=True)
    assert served == [paths.Path("models/mlp.pth"), wheel / "models/two_conv.pth"]
    assert list_checkpoints(paths.find("models")) == [paths.Path("models/mlp.pth")]
    assert list_checkpoints(tmp_path / "here/models", add_shipped=True) == [tmp_path / "here/models/mlp.pth"]
