"""Frames of a network that learns: when they are drawn, what they show, the GIF of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops
from training_runs import SMALL, until

from digits.pictures.training_frame import draw_training_frame
from digits.training.callbacks import gradient_frames
from digits.training.callbacks.gradient_frames import GIF, GradientFrames
from digits.training.loop import fit
from digits.training.recipes import FAST, RECIPES
from digits.training.run import Run

pytestmark = pytest.mark.slow

PLAIN = replace(SMALL, optimizer="sgd", lr=0.1)  # whose step is the gradient, and nothing else


def watched(folder, run, digits, events=None):
    """Train with frames, to the end or up to so many events; returns what was reported."""
    said = []
    callback = GradientFrames(folder, run.recipe.epochs * len(digits[0]), run.recipe.batch_size, said.append)
    callback.on_start(run)
    for index, event in enumerate(fit(run, *digits, callback.report_at)):
        callback.on_event(run, event)
        if index + 1 == events:
            break
    callback.on_stop(run)
    return said


def names(folder):
    return [int(path.stem.removeprefix("digits_")) for path in gradient_frames.frame_paths(folder)]


@pytest.mark.parametrize("recipe", [*RECIPES.values(), FAST])
def test_a_run_has_some_eighty_frames_most_of_them_early(recipe):
    moments = gradient_frames.frame_steps(recipe.epochs * 55_000, recipe.batch_size)
    batches = sorted({-(-moment // recipe.batch_size) for moment in moments})  # one frame at most to each
    assert 60 <= len(batches) <= 120
    assert batches[:8] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert moments[-1] == recipe.epochs * 55_000
    gaps = np.diff(moments[10:])
    assert gaps[-1] > 20 * gaps[0]


def test_filters_move_against_the_gradients_that_are_shown(few, tmp_path, monkeypatch):
    shown, layers = [], []

    def record(moment):
        shown.append(moment)
        parts = ((name, run.network.get_submodule(name).parameters()) for name in moment.gradient_norms)
        layers.append({name: torch.cat([part.detach().flatten() for part in own]) for name, own in parts})
        return draw_training_frame(moment)

    monkeypatch.setattr(gradient_frames, "draw_training_frame", record)
    run = Run("two_conv", PLAIN, seed=1)
    watched(tmp_path, run, few)
    assert [moment.digits_seen for moment in shown] == [40, 80, 100, 140, 180, 200, 240, 280, 300]
    for index in range(1, len(shown)):
        before, now = shown[index - 1 : index + 1]
        assert np.allclose(before.filters - 0.1 * now.gradients, now.filters, atol=1e-6)
        for name, norm in now.gradient_norms.items():
            moved = (layers[index - 1][name] - layers[index][name]).norm().item()
            assert norm == pytest.approx(moved / 0.1, rel=1e-3)
    assert list(shown[0].gradient_norms) == ["conv1", "conv2", "fc1", "logits"]
    assert [moment.losses[-1][1] for moment in shown][-1] < shown[0].losses[-1][1]
    assert [digits for digits, _ in shown[-1].validations] == [100, 200, 300]


def test_words_of_a_frame_say_what_it_shows(few, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(
        gradient_frames, "draw_training_frame", lambda moment: said.append(draw_training_frame(moment)) or said[-1]
    )
    watched(tmp_path, Run("mlp", SMALL, seed=1), few)
    words = " ".join(said[-1].texts)
    for expected in ("mlp learns", "epoch 3 of 3", "300", "of 300 digits", "32 of the 128 filters of fc1", "held back"):
        assert expected in words


def test_the_gif_shows_all_frames_in_their_order_and_colours(few, tmp_path):
    [said] = watched(tmp_path, Run("five_conv", SMALL, seed=1), few)
    assert "9 frames" in said
    with Image.open(tmp_path / GIF) as film:
        assert film.n_frames == 9
        assert film.info["loop"] == 0
        for index, path in enumerate(gradient_frames.frame_paths(tmp_path)):
            film.seek(index)
            with Image.open(path) as frame:
                assert frame.width == 1200
                off = ImageChops.difference(frame.convert("RGB"), film.convert("RGB"))
                assert max(high for _, high in off.getextrema()) <= 40
                assert np.asarray(off).mean() < 1


def test_a_gif_that_would_be_too_large_leaves_frames_out_and_ends_with_the_last(few, tmp_path, monkeypatch):
    monkeypatch.setattr(gradient_frames, "MAX_GIF_BYTES", 150_000)
    watched(tmp_path, Run("five_conv", SMALL, seed=1), few)
    paths = gradient_frames.frame_paths(tmp_path)
    with Image.open(tmp_path / GIF) as film, Image.open(paths[-1]) as last:
        assert 2 <= film.n_frames < len(paths) == 9
        film.seek(film.n_frames - 1)
        off = ImageChops.difference(last.convert("RGB"), film.convert("RGB"))
        assert np.asarray(off).mean() < 1
    assert (tmp_path / GIF).stat().st_size <= 150_000


def test_a_fresh_run_replaces_frames_and_a_resumed_one_goes_on_with_them(few, tmp_path):
    state, folder = tmp_path / "net.state.pth", tmp_path / "shown"
    folder.mkdir()
    Image.new("L", (9, 9)).save(folder / "digits_00000007.png")  # somebody else's
    run = Run("mlp", SMALL, seed=1)
    watched(folder, run, few, events=6)  # three steps, an epoch, two steps
    assert names(folder) == [40, 80, 100, 140, 180]
    until(run := Run("mlp", SMALL, seed=1), few, 1)
    run.save(state)
    run = Run.resume(state, "mlp", SMALL, 1, "cpu")
    watched(folder, run, few, events=1)
    assert names(folder) == [40, 80, 100, 140]
    watched(folder, Run("mlp", SMALL, seed=1), few, events=1)
    assert names(folder) == [40]
    assert {path.name for path in folder.iterdir()} == {"digits_00000007.png", "digits_00000040.png", GIF}
