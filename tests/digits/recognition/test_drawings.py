"""`predict --output`: annotated pictures, their places, and files that are never replaced."""

import numpy as np
import pytest
from commands import names, predict, told
from pictures import ROOT, drawn, encoded
from PIL import Image

pytestmark = pytest.mark.slow


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


def test_an_unsure_digit_has_a_dashed_box(pages, tmp_path):
    found = told(pages[1], "--output", tmp_path / "drawn")
    x, y, _, height = found[0]["digits"][0]["box"]
    with Image.open(pages[1]) as before, Image.open(tmp_path / "drawn" / "star.png") as after:
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
    assert "overwritten" in result.output
    assert (scans / "1.png").read_bytes() == before


def test_no_drawing_takes_the_place_of_what_lies_beside_the_pictures(ten, tmp_path):
    photo, other = tmp_path / "3.jpg", tmp_path / "3.png"
    photo.write_bytes(encoded(drawn(ten[3]), "JPEG"))
    other.write_bytes(b"something else")
    result = predict(photo, "--output", tmp_path, status=1)
    assert f"{other} exists already" in result.output
    assert other.read_bytes() == b"something else"
    assert predict(photo, "--output", other).stdout  # named itself


@pytest.mark.parametrize("turned", [False, True])
def test_the_sheet_shows_a_picture_as_it_was_read(turned, ten, tmp_path):
    grey = drawn(ten[3], 280).convert("L").crop((0, 0, 280, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    if turned:
        sent = {"plain": encoded(grey.transpose(Image.Transpose.ROTATE_270)), "sideways": encoded(grey, exif=exif)}
    else:
        sent = {"plain": encoded(grey), "deep": encoded(deep)}
    seen = []
    for name, data in sent.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(data)
        predict(tmp_path / name / "1.png", "--output", tmp_path / f"{name}.png")
        with Image.open(tmp_path / f"{name}.png") as picture:
            seen.append(np.asarray(picture.convert("L"), int))
    assert np.abs(seen[0] - seen[1]).mean() < 1


def test_a_result_that_cannot_be_drawn_is_said_plainly(samples):
    assert samples[1].name in predict(samples[0], "--output", samples[1] / "result.png", status=1).output
    result = predict(samples[0], "--output", samples[1] / "result", status=1)
    assert samples[1].name in result.output
    assert "drawn into" not in result.stdout


def test_a_drawing_of_another_kind_is_refused_before_anything_is_read(samples, tmp_path):
    result = predict(samples[0], "--output", tmp_path / "result.xyz", status=2)
    assert ".png" in result.output
    assert not result.stdout
