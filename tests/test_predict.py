"""`predict`: files and folders as a table, as JSON lines and as drawings."""

import json
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from commands import CHECKPOINT, command, python
from pictures import ROOT, blank, drawn, encoded, placed, png
from PIL import Image, ImageDraw


@pytest.fixture
def samples(ten, tmp_path):
    """Paths of a 3, a 7 and an 8, in three formats."""
    paths = []
    for digit, format in ((3, "PNG"), (7, "JPEG"), (8, "GIF")):
        paths.append(tmp_path / f"{digit}.{format.lower()}")
        paths[-1].write_bytes(encoded(drawn(ten[digit]), format))
    return paths


@pytest.fixture
def scans(ten, tmp_path):
    """A folder: a 1, a 2 and in sub-folders a 4 and a 5; a note, a hidden picture and a folder without pictures."""
    folder = tmp_path / "scans"
    for name, digit in (("b/2.png", 4), ("1.png", 1), ("2.PNG", 2), ("c/c/3.png", 5), (".hidden.png", 9)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(png(ten[digit]))
    (folder / "notes.txt").write_text("1 2 4 5")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture
def page(ten, tmp_path):
    """Paths of a page with 2 4 on it and, below, 7; and of one with a star, which is no digit."""
    paths = tmp_path / "page.png", tmp_path / "star.png"
    picture = placed(ten[2], (700, 700), (60, 40), 220)
    for digit, corner in ((4, (380, 40)), (7, (200, 400))):
        picture.paste(0, (*corner, corner[0] + 220, corner[1] + 220), Image.fromarray(ten[digit]).resize((220, 220)))
    picture.save(paths[0])
    star = Image.new("L", (280, 280), 255)
    angles = 4 / 5 * np.pi * np.arange(6) - np.pi / 2
    corners = zip(140 + 100 * np.cos(angles), 140 + 100 * np.sin(angles), strict=True)
    ImageDraw.Draw(star).line([*corners], fill=0, width=16, joint="curve")
    star.save(paths[1])
    return paths


def predict(*arguments, **options):
    return command("predict", "--checkpoint", CHECKPOINT, *arguments, **options)


def told(*arguments, **options):
    return [json.loads(line) for line in predict("--json", *arguments, **options).stdout.splitlines()]


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_one_digit_is_told_in_a_line_with_its_probability(samples):
    line = predict(samples[1]).stdout
    assert re.fullmatch(r".*7\.jpeg: 7 .* % █+ .*\(then \d .* %, \d .* %\)\n", line)


def test_several_pictures_are_told_in_a_table(samples, page):
    table = predict(*samples, *page).stdout
    rows = [next(line for line in table.splitlines() if path.name in line) for path in (*samples, *page)]
    for row, path in zip(rows[:3], samples, strict=True):
        assert re.search(rf"{path.name} +{path.stem} +\d+\.\d %\s*$", row)
    assert re.search(r"page\.png +24 / 7 +\d", rows[3])
    assert "no digit?" in rows[4]
    assert [table.index(row) for row in rows] == sorted(table.index(row) for row in rows)
    assert "5 of 5 pictures read: 1 with something unsure." in table


def test_a_table_in_a_file_has_neither_colours_nor_folded_names(samples, tmp_path):
    path = tmp_path / ("long" * 40 + ".png")
    path.write_bytes(samples[0].read_bytes())
    result = predict(path, samples[1])
    assert path.name in result.stdout
    assert "\x1b" not in result.stdout
    assert not result.stderr


def test_predict_prints_json_lines_as_api_read_with_the_path(samples, client):
    found = told(*samples)
    assert len(found) == 3
    for one, path in zip(found, samples, strict=True):
        assert one.pop("path") == str(path)
        assert one["text"] == path.stem
        expected = client.post("/api/read", data=path.read_bytes(), content_type="image/png").get_json()
        for digit, other in zip(one["digits"], expected["digits"], strict=True):
            assert digit.pop("probabilities") == pytest.approx(other.pop("probabilities"), abs=1e-6)
            del other["input"]  # 1 KB a digit, of no use on a terminal
        assert one == expected


def test_a_folder_stands_for_the_pictures_below_it_in_order(scans, samples):
    found = told(samples[1], scans, samples[0])
    inside = [str(scans / name) for name in ("1.png", "2.PNG", "b/2.png", "c/c/3.png")]
    assert [one["path"] for one in found] == [str(samples[1]), *inside, str(samples[0])]
    assert "".join(one["text"] for one in found) == "712453"


def test_a_folder_without_pictures_is_said_and_is_no_failure(scans, samples):
    result = predict("--json", scans / "empty", samples[0])
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["3"]
    assert "empty" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_several_processes_say_the_same_as_one(scans, samples, tmp_path):
    broken = scans / "a.png"
    broken.write_bytes(b"no picture")
    results = []
    for jobs in (1, 2):
        output = tmp_path / f"drawn{jobs}"
        results.append(predict("--json", scans, *samples, "--jobs", jobs, "--output", output, status=1))
        results[-1] = results[-1].stdout, results[-1].stderr.replace(str(output), "drawn")
    assert results[0] == results[1]
    assert names(tmp_path / "drawn1") == names(tmp_path / "drawn2")


def test_a_picture_that_cannot_be_read_is_reported_and_passed_over(samples, tmp_path):
    broken, nowhere = tmp_path / "broken.png", tmp_path / "nowhere.png"
    broken.write_bytes(samples[0].read_bytes()[:200])
    result = predict("--json", samples[0], broken, nowhere, samples[1], status=1)
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["3", "7"]
    complaints = result.stderr.splitlines()
    assert len(complaints) == 2
    for line, path in zip(complaints, (broken, nowhere), strict=True):
        assert str(path) in line
    assert "2 of 4 pictures read" in predict(samples[0], broken, nowhere, samples[1], status=1).stdout


def test_a_named_file_is_tried_whatever_its_name(samples, scans):
    odd = samples[0].rename(samples[0].with_suffix(".bin"))
    result = predict("--json", odd, scans / "notes.txt", status=1)
    assert json.loads(result.stdout)["text"] == "3"
    assert "notes.txt" in result.stderr


def test_a_blank_picture_has_no_digits(tmp_path):
    path = tmp_path / "blank.png"
    path.write_bytes(blank())
    assert "no digits found" in predict(path).stdout
    assert told(path) == [{"path": str(path), "width": 280, "height": 280, "text": "", "digits": []}]
    predict(path, "--output", tmp_path / "result.png")
    assert (tmp_path / "result.png").exists()


def test_predict_asks_for_a_picture_when_none_is_given(samples):
    assert re.search(r"\b7\b.*%", predict(given=f"{samples[1]}\n").stdout)
    assert json.loads(predict("--json", given=f"{samples[1]}\n").stdout)["text"] == "7"


def test_another_checkpoint_may_read(samples):
    options = ["--checkpoint", ROOT / "models/two_conv.pth", "--json"]
    assert json.loads(command("predict", *options, samples[1]).stdout)["text"] == "7"


def test_few_pictures_are_drawn_on_one_sheet(samples, tmp_path):
    output = tmp_path / "new" / "result.png"
    predict(*samples[:2], "--output", output)
    with Image.open(output) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 300


def test_many_pictures_want_a_folder_for_their_drawings(samples, tmp_path):
    result = predict(*4 * samples, samples[0], "--output", tmp_path / "result.png", status=1)
    assert f"--output {tmp_path / 'result'}" in result.output
    assert not result.stdout
    assert not (tmp_path / "result.png").exists()


def test_a_folder_is_drawn_with_boxes_and_its_sub_folders(scans, tmp_path):
    output = tmp_path / "new" / "drawn"
    found = told(scans, "--output", output)
    assert names(output) == ["1.png", "2.png", "b/2.png", "c/c/3.png"]
    for one, name in zip(found, names(output), strict=True):
        with Image.open(one["path"]) as before, Image.open(output / name) as after:
            assert after.size == before.size
            away = np.abs(np.asarray(after.convert("L"), int) - np.asarray(before.convert("L"), int)) > 20
        x, y, width, height = one["digits"][0]["box"]
        assert away[y : y + height, x].all()
        assert away[y + height - 1, x : x + width].all()
        assert not away[y + 5 : y + height - 5, x + 5 : x + width - 5].any()
        assert away[:y].any() or away[y + height :].any()  # the digit, above or below


def test_an_unsure_digit_has_a_dashed_box(page, tmp_path):
    found = told(page[1], "--output", tmp_path / "drawn")
    x, y, _, height = found[0]["digits"][0]["box"]
    with Image.open(page[1]) as before, Image.open(tmp_path / "drawn" / "star.png") as after:
        away = (np.asarray(after) != np.asarray(before.convert("RGB"))).any(axis=2)
    side = away[y : y + height, x]
    assert 0.3 < side.mean() < 0.8


def test_a_large_picture_is_drawn_reduced_and_a_small_one_enlarged(ten, tmp_path):
    sizes = {"large": 2000, "small": 28}
    for name, side in sizes.items():
        (tmp_path / f"{name}.png").write_bytes(encoded(drawn(ten[6], side)))
    predict(*(tmp_path / f"{name}.png" for name in sizes), "--output", tmp_path / "drawn")
    for name, side in (("large", 1600), ("small", 280)):
        with Image.open(tmp_path / "drawn" / f"{name}.png") as picture:
            assert picture.size == (side, side)


def test_a_photo_taken_sideways_is_drawn_upright(tmp_path):
    found = told(ROOT / "samples/6_sideways_phone.jpg", "--output", tmp_path / "drawn")
    with Image.open(tmp_path / "drawn" / "6_sideways_phone.png") as picture:
        assert picture.size == (found[0]["width"], found[0]["height"])


@pytest.mark.parametrize("name", ["drawn", "sheet.png"])
def test_what_was_drawn_before_is_no_input(name, scans):
    for _ in range(2):
        assert len(told(scans, "--output", scans / name)) == 4
    assert len(told(scans)) == 4 + len(names(scans / name) or [name])  # by itself it may be read


def test_no_drawing_takes_the_place_of_another(samples, scans, tmp_path):
    double = samples[1].with_name("3.jpg")
    samples[1].rename(double)
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(samples[0].read_bytes())
    output = tmp_path / "drawn"
    found = told(samples[0], double, scans, tmp_path / "1.png", tmp_path / "2.png", "--output", output)
    expected = [
        "1.png-2.png",
        "1.png.png",
        "2.PNG.png",
        "2.png-2.png",
        "3.jpg.png",
        "3.png.png",
        "b/2.png",
        "c/c/3.png",
    ]
    assert names(output) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("output", ["scans", "scans/1.png"])
def test_no_drawing_takes_the_place_of_a_picture(output, scans, tmp_path):
    before = (scans / "1.png").read_bytes()
    result = predict(scans / "1.png", "--output", tmp_path / output, status=1)
    assert "drawn over" in result.output
    assert (scans / "1.png").read_bytes() == before


def test_a_result_that_cannot_be_drawn_is_said_plainly(samples):
    assert samples[1].name in predict(samples[0], "--output", samples[1] / "result.png", status=1).output
    result = predict(samples[0], "--output", samples[1] / "result", status=1)
    assert samples[1].name in result.output
    assert "drawn into" not in result.stdout


def test_a_drawing_of_another_kind_is_refused_before_anything_is_read(samples, tmp_path):
    result = predict(samples[0], "--output", tmp_path / "result.xyz", status=2)
    assert ".png" in result.output
    assert not result.stdout


def test_the_script_predict_py_reads_a_picture(ten, tmp_path):
    (tmp_path / "5.png").write_bytes(png(ten[5]))
    done = python("predict.py", tmp_path / "5.png", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["text"] == "5"
    assert done.stderr == ""


def test_a_file_name_is_printed_as_it_is(samples):
    odd = samples[0].with_name("a[red]b[bold]3.png")
    samples[0].rename(odd)
    assert odd.name in predict(odd).stdout
    assert odd.name in predict(odd, samples[1]).stdout


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_of_codes_and_broken_bytes_harms_nobody(samples):
    odd = samples[0].with_name("3\x1b[2J\n" + os.fsdecode(b"\xff") + ".png")
    samples[0].rename(odd)
    for arguments in ([odd], [odd, samples[1]]):
        assert "\x1b" not in predict(*arguments).stdout
        assert told(*arguments)[0]["text"] == "3"


def test_the_weights_that_came_along_are_used_from_any_folder(samples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert json.loads(command("predict", samples[1], "--json").stdout)["text"] == "7"


@pytest.mark.skipif(os.name == "nt", reason="no process groups")
@pytest.mark.parametrize("processes", [1, 2])
def test_ctrl_c_ends_it_with_what_is_printed(processes, samples):
    run = subprocess.Popen(
        [sys.executable, "predict.py", "--json", "--jobs", str(processes), *map(str, 300 * samples)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    first = run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    rest, complaints = run.communicate(timeout=20)
    assert (run.returncode, complaints) == (130, "")
    lines = [first, *rest.splitlines()]
    assert len(lines) < 900
    assert all(json.loads(line)["text"] for line in lines)
