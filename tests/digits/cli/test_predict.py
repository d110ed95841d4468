"""`predict`: files and folders as a table, as JSON lines and as drawings."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from commands import command, names, predict, python, told
from pictures import ROOT, blank, png

pytestmark = pytest.mark.slow


def test_one_digit_is_told_in_a_line_with_its_probability(samples):
    line = predict(samples[1]).stdout
    assert re.fullmatch(r".*7\.jpeg: 7 .* % █+ .*\(then \d .* %, \d .* %\)\n", line)


def test_several_pictures_are_told_in_a_table(samples, pages):
    table = predict(*samples, *pages).stdout
    rows = [next(line for line in table.splitlines() if path.name in line) for path in (*samples, *pages)]
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


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_how_far_it_is_shows_on_the_terminal_though_the_results_go_elsewhere(options, samples):
    terminal, errors = os.openpty()
    screen = []

    def watch():  # all the time: a terminal that nobody reads is soon full, and holds the command up
        with contextlib.suppress(OSError):  # on Linux the end of a terminal is an error
            while shown := os.read(terminal, 4096):
                screen.append(shown)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    run = subprocess.run(
        [sys.executable, "predict.py", *options, *map(str, samples)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, "TERM": "xterm"}, check=True, timeout=120,
    )  # fmt: skip
    os.close(errors)
    watcher.join(10)
    os.close(terminal)
    assert re.search(rb"reading.*/3", b"".join(screen))
    assert b"\x1b" not in run.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no process groups")
@pytest.mark.parametrize("processes", [1, 2])
def test_ctrl_c_ends_it_with_what_is_printed(processes, samples):
    run = subprocess.Popen(
        [sys.executable, "predict.py", "--json", "--jobs", str(processes), *map(str, 300 * samples)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    first = run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    rest = run.stdout.readlines()  # not communicate(), which forgets what was read ahead for the first line
    _, complaints = run.communicate(timeout=20)
    assert (run.returncode, complaints) == (130, "")
    lines = [first, *rest]
    assert len(lines) < 900
    assert all(json.loads(line)["text"] for line in lines)


def test_a_phones_picture_in_a_folder_is_not_passed_over_in_silence(scans, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (scans / "photo.HEIC").write_bytes(b"\0\0\0\x18ftypheic and no more")
    assert "photo.HEIC: This is an iPhone's HEIC picture" in predict(scans, status=1).output
