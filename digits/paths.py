"""Knows where the project's files are read from and where new ones are written.

Reading looks in the current folder first (`mnist_model.pth`, `models/`), then among the files that ship. Those lie in
the repository when the packages run from a checkout, and in `server/_files` when they were installed from a wheel.
Writing goes to the current folder: `data/`, `models/`, `mnist_model.pth`.
"""

import os
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[1]  # the folder that holds digits/ and server/
WHEEL_FILES = PACKAGES / "server/_files"  # exists only in a wheel; pyproject.toml lists what lies there


def shipped(name: str | Path) -> Path:
    """Returns the path of a file or folder that ships, for example `static/lang`."""
    return (WHEEL_FILES if WHEEL_FILES.is_dir() else PACKAGES) / name


def find(name: str | Path) -> Path:
    """Returns the path to read: in the current folder if it is there, else among the files that ship.

    Where neither exists, the result is the path in the current folder, so that an error names what was asked for.
    """
    path = Path(name)
    return shipped(path) if not path.exists() and shipped(path).exists() else path


def list_files(folder: Path, pattern: str) -> list[Path]:
    """Returns the files of a folder that match a pattern, sorted by name.

    For a folder in the current folder that also ships, as `models`, files that ship are added. A file in the current
    folder hides the one of the same name that ships.
    """
    files = {path.name: path for path in folder.glob(pattern)}
    if folder == Path(folder.name):
        files = {path.name: path for path in shipped(folder).glob(pattern)} | files
    return [files[name] for name in sorted(files)]


def python_path() -> str:
    """Returns the PYTHONPATH with which a child process imports the same packages, from any folder."""
    inherited = os.environ.get("PYTHONPATH", "")
    if WHEEL_FILES.is_dir():
        return inherited  # installed packages are found without it
    return os.pathsep.join(filter(None, (str(PACKAGES), inherited)))
