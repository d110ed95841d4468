"""`fit`: learning, its events, its precision, and what it says when it cannot go on."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from training_runs import AVERAGED, SMALL, WHOLE, same, weights

from digits.errors import TrainingFailed
from digits.evaluation.metrics import EpochResult
from digits.networks.calibration import in_distribution_logit
from digits.networks.ood_head import attach_ood_head
from digits.synthesis import outliers
from digits.training.events import StepResult
from digits.training.loop import fit
from digits.training.recipes import OPTIMIZERS, RECIPES, Recipe
from digits.training.run import Run
from digits.training.schedule import build_scheduler


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loss_falls_and_digits_are_learnt(optimizer, mixed):
    lr = 0.05 if optimizer == "sgd" else 2e-3
    run = Run("two_conv", replace(SMALL, epochs=5, optimizer=optimizer, lr=lr), seed=1)
    list(fit(run, *mixed))
    losses = [epoch.loss for epoch in run.history]
    assert losses[-1] < 0.8 * losses[0]
    assert run.history[-1].validation_accuracy > 50  # chance is 10


def test_the_events_tell_of_every_epoch_and_its_last_batch(few):
    run = Run("mlp", replace(SMALL, batch_size=4), seed=1)
    events = list(fit(run, *few))
    epochs = [event for event in events if isinstance(event, EpochResult)]
    assert epochs == run.history
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    for epoch in epochs:
        steps = [event for event in events if isinstance(event, StepResult) and event.epoch == epoch.epoch]
        assert [step.batch for step in steps] == sorted({step.batch for step in steps})
        assert steps[-1].batch == steps[-1].batches == 25
        assert (epoch.loss, epoch.accuracy) == (steps[-1].loss, steps[-1].accuracy)
        assert 0 <= epoch.accuracy <= 100
        assert events.index(epoch) == events.index(steps[-1]) + 1


def test_a_step_comes_where_it_is_asked_for(few):
    run = Run("mlp", replace(SMALL, epochs=2, batch_size=4), seed=1)  # 25 batches: reported are the 10th, 20th and last
    steps = [event for event in fit(run, *few, report_at=(1, 30, 106, 1000)) if isinstance(event, StepResult)]
    assert [step.digits for step in steps] == [4, 32, 40, 80, 100, 108, 140, 180, 200]


def test_the_latest_losses_add_up_to_that_of_the_epoch(few):
    events = fit(Run("mlp", replace(SMALL, epochs=1, batch_size=4), seed=1), *few, report_at=(8, 52))
    steps = [event for event in events if isinstance(event, StepResult)]
    counts = np.diff([0, *(step.digits for step in steps)])
    assert counts @ [step.latest for step in steps] == pytest.approx(100 * steps[-1].loss)


def test_trying_the_network_at_a_step_does_not_change_what_it_learns(few):
    plain = Run("three_block", replace(SMALL, batch_size=10), seed=1)
    list(fit(plain, *few))
    tried = Run("three_block", replace(SMALL, batch_size=10), seed=1)
    for _ in fit(tried, *few):
        tried.network.eval()
    assert same(weights(plain), weights(tried))


def test_the_measured_loss_and_accuracy_are_those_of_pytorch(mixed):
    run = Run("three_block", replace(SMALL, epochs=1), seed=1)
    list(fit(run, *mixed))
    validation = mixed[1]
    with torch.inference_mode():
        logits = run.network.eval()(validation.images[:, None].float() / 255)
    expected = torch.nn.functional.cross_entropy(logits, validation.labels).item()
    assert run.history[0].validation_loss == pytest.approx(expected, abs=1e-4)
    right = (logits.argmax(dim=1) == validation.labels).sum().item()
    assert run.history[0].validation_accuracy == pytest.approx(100 * right / len(validation))


@pytest.mark.slow
def test_with_outliers_a_network_learns_to_tell_them_from_digits(mixed):
    run = Run("two_conv", replace(SMALL, epochs=8, lr=2e-3, ood_epochs=8), seed=1)
    list(fit(run, *mixed))
    assert run.history[-1].validation_accuracy > 50
    more = run.ood_run()
    list(fit(more, mixed[0], None))
    pictures = (
        outliers.draw_outliers(80, outliers.TRAIN_KINDS, mixed[1], np.random.default_rng(9)).unsqueeze(1).float() / 255
    )
    whole = attach_ood_head(run.network, more.averaged_network).eval()
    with torch.inference_mode():
        strange, plain = (in_distribution_logit(whole(batch)) for batch in (pictures, mixed[1].batch(slice(None))))
    assert (plain[:, None] > strange).float().mean() > 0.85  # chance is a half


def test_without_validation_digits_nothing_is_measured(few):
    run = Run("mlp", SMALL, seed=1)
    list(fit(run, few[0], None))
    assert [epoch.validation_loss for epoch in run.history] == [None] * 3
    assert [epoch.validation_accuracy for epoch in run.history] == [None] * 3


@pytest.mark.parametrize("faster", ["float32", "bfloat16"])
def test_the_faster_precision_is_found_by_measuring_and_kept(faster, few, tmp_path, monkeypatch):
    clock, original = [0.0], torch.autocast.__enter__

    def enter(context):
        clock[0] += 1 if (faster == "bfloat16") != context._enabled else 0.1
        return original(context)

    monkeypatch.setattr(torch.autocast, "__enter__", enter)
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    run = Run("two_conv", replace(SMALL, precision="auto"), seed=1)
    list(fit(run, *few))
    assert run.precision == faster
    run.save(tmp_path / "state.pth")
    assert Run.resume(tmp_path / "state.pth", "two_conv", run.recipe, 1, "cpu").precision == faster


def test_measuring_the_precision_does_not_change_what_is_trained(few):
    measured = Run("two_conv_dropout", replace(SMALL, precision="auto"), seed=1)
    list(fit(measured, *few))
    told = Run("two_conv_dropout", replace(SMALL, precision=measured.precision), seed=1)
    list(fit(told, *few))
    assert same(weights(measured), weights(told))


def test_a_loss_that_is_no_number_stops_with_advice(mixed):
    run = Run("mlp", Recipe(epochs=2, batch_size=40, optimizer="sgd", lr=1e30), seed=1)
    with pytest.raises(TrainingFailed, match=r"--lr 1e\+29"):
        list(fit(run, *mixed))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)"),
    ],
    ids=["cuda", "python", "cpu", "mps"],
)
def test_out_of_memory_says_which_batch_size_to_try(error, few):
    def fail(*_):
        raise error

    run = Run("mlp", SMALL, seed=1)
    run.network.register_forward_pre_hook(fail)
    with pytest.raises(TrainingFailed, match="--batch-size 20"):
        list(fit(run, *few))


@pytest.mark.parametrize("kind", [RuntimeError, NotImplementedError])
def test_other_errors_keep_their_own_words(kind, few):
    def fail(*_):
        raise kind("something else")

    run = Run("mlp", SMALL, seed=1)
    run.network.register_forward_pre_hook(fail)
    with pytest.raises(kind, match="something else"):
        list(fit(run, *few))


def test_the_recipes_are_those_that_people_know_the_networks_by():
    known = {
        "two_conv": ("adam", 1e-3, 64, 5),
        "two_conv_valid": ("sgd", 0.01, 64, 7),
        "four_conv_tiny": ("adam", 1e-3, 100, 1),
        "three_block": ("adam", 1e-3, 128, 20),
        "two_conv_dropout": ("adam", 1e-3, 64, 5),
    }
    for name, expected in known.items():
        recipe = RECIPES[name]
        assert (recipe.optimizer, recipe.lr, recipe.batch_size, recipe.epochs) == expected
    assert RECIPES["three_block"].augment == "light"


@pytest.mark.parametrize("recipe", [WHOLE, AVERAGED])
def test_each_step_is_taken_at_the_rate_of_the_schedule(recipe, few):
    run, rates = Run("two_conv", recipe, seed=1), []
    run.optimizer.register_step_pre_hook(lambda optimizer, *_: rates.append(optimizer.param_groups[0]["lr"]))
    steps = [event for event in fit(run, *few, report_at=range(1000)) if isinstance(event, StepResult)]
    scheduler = build_scheduler(torch.optim.SGD([torch.zeros(1)], lr=1), recipe, len(steps) // recipe.epochs)
    expected = []
    for _ in steps:
        expected += scheduler.get_last_lr()
        scheduler.optimizer.step()
        scheduler.step()
    assert rates == expected == [step.lr for step in steps]
