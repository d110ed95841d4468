"""Finds the pictures below the files and folders of a command line, and the paths of their drawings."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

# The last two need pillow-heif; without it, an error says so.
SUFFIXES = {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".heic", ".heif"}

Report = Callable[[str, bool], None]  # with a sentence, and True if it is about a failure


@dataclass(frozen=True)
class ImageFile:
    """A picture, and its path below the folder of the command line; for a single file, its name."""

    path: Path
    place: Path


def collect_images(paths: Iterable[Path], output: Path | None, report: Report) -> list[ImageFile]:
    """Returns the files and, for each folder, the pictures below it, sorted by path.

    output: a file or folder for drawings, which are not read as pictures. Hidden files are skipped. A folder that has
    no pictures or cannot be opened is reported.
    """
    found: list[ImageFile] = []
    for path in paths:
        if not path.is_dir():
            found.append(ImageFile(path, Path(path.name)))
            continue
        inside = _find_below(path, output, report)
        if not inside:
            report(f"{display_path(path)}: There are no pictures in this folder.", False)
        found += [ImageFile(picture, picture.relative_to(path)) for picture in inside]
    return found


def _find_below(folder: Path, output: Path | None, report: Report) -> list[Path]:
    avoided = output and output.resolve()
    found: list[Path] = []

    def refused(error: OSError) -> None:
        report(f"{display_path(error.filename)}: {error.strerror}.", True)

    for here, folders, names in os.walk(folder, onerror=refused):
        place = Path(here)
        folders[:] = [name for name in folders if name[0] != "." and (place / name).resolve() != avoided]
        pictures = [place / name for name in names if name[0] != "." and Path(name).suffix.lower() in SUFFIXES]
        found += [path for path in pictures if not avoided or path.resolve() != avoided]
    return sorted(found)


def drawing_paths(found: list[ImageFile], folder: Path) -> list[Path]:
    """Returns the path of a PNG for each picture, in the same sub-folders, in the order of the pictures.

    Pictures that would share a name keep their suffixes, as in 3.jpg.png; if these are equal too, they are numbered.
    Names that differ only in upper and lower case are equal, as they are on many disks.
    """
    same_stem = Counter(_key(one.place.with_suffix("")) for one in found)
    taken: set[str] = set()
    paths = []
    for one in found:
        plain = one.place.with_suffix("") if same_stem[_key(one.place.with_suffix(""))] == 1 else one.place
        names = (plain if number == 1 else plain.with_name(f"{plain.name}-{number}") for number in count(1))
        name = next(name for name in names if _key(name) not in taken)
        taken.add(_key(name))
        paths.append(folder / name.with_name(f"{name.name}.png"))
    return paths


def _key(path: Path) -> str:
    return str(path).casefold()


def display_path(path: Path | str) -> str:
    """Returns a path for display: names may hold line breaks, terminal codes or undecodable bytes."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(path))
