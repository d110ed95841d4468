"""Which pictures files and folders on the command line stand for, and where their drawings go."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

# The last two are read where pillow-heif is installed; else it is said that they were not.
SUFFIXES = {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".heic", ".heif"}


Complain = Callable[[str, bool], None]  # with a sentence, and whether it is about a failure


@dataclass(frozen=True)
class ImageFile:
    """A picture, and its place below the folder that was named: its mere name for a file named itself."""

    path: Path
    place: Path


def collect_images(paths: Iterable[Path], output: Path | None, complain: Complain) -> list[ImageFile]:
    """The files themselves, and in place of each folder the pictures below it, sorted by path.

    output: a file or folder for drawings; what lies in it is no input, so that nobody reads what was drawn before.
    Hidden files are passed over. A folder without pictures, or one that cannot be opened, is a complaint.
    """
    found = []
    for path in paths:
        if not path.is_dir():
            found.append(ImageFile(path, Path(path.name)))
            continue
        inside = _below(path, output, complain)
        if not inside:
            complain(f"{display_path(path)}: There are no pictures in this folder.", False)
        found += [ImageFile(picture, picture.relative_to(path)) for picture in inside]
    return found


def _below(folder: Path, output: Path | None, complain: Complain) -> list[Path]:
    avoided = output and output.resolve()
    found = []

    def refused(error: OSError) -> None:
        complain(f"{display_path(error.filename)}: {error.strerror}.", True)

    for here, folders, names in os.walk(folder, onerror=refused):
        place = Path(here)
        folders[:] = [name for name in folders if name[0] != "." and (place / name).resolve() != avoided]
        pictures = [place / name for name in names if name[0] != "." and Path(name).suffix.lower() in SUFFIXES]
        found += [path for path in pictures if not avoided or path.resolve() != avoided]
    return sorted(found)


def drawing_paths(found: list[ImageFile], folder: Path) -> list[Path]:
    """A PNG of its own for each picture, in the same sub-folders, in the order of the pictures.

    Where two would share a name they keep their suffixes, as in 3.jpg.png; where even those are the same, they are
    numbered. Names that differ in nothing but large and small letters are the same on many a disk.
    """
    alike = Counter(_key(one.place.with_suffix("")) for one in found)
    taken: set[str] = set()
    paths = []
    for one in found:
        plain = one.place.with_suffix("") if alike[_key(one.place.with_suffix(""))] == 1 else one.place
        names = (plain if number == 1 else plain.with_name(f"{plain.name}-{number}") for number in count(1))
        name = next(name for name in names if _key(name) not in taken)
        taken.add(_key(name))
        paths.append(folder / name.with_name(f"{name.name}.png"))
    return paths


def _key(path: Path) -> str:
    return str(path).casefold()


def display_path(path: Path | str) -> str:
    """A path for people: a file's name may hold line breaks, codes for the terminal or bytes that are no text."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(path))
