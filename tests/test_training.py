"""`fit`: training that can be repeated, stopped and gone on with."""

from dataclasses import replace

import pytest
import torch

from digits.data import Digits
from digits.errors import BadCheckpoint, TrainingFailed
from digits.recipes import OPTIMIZERS, RECIPES, Recipe
from digits.run import Epoch, Run
from digits.training import Step, fit

SMALL = Recipe(epochs=3, batch_size=40, optimizer="adam", lr=1e-3)
WHOLE = replace(SMALL, schedule="cosine", augment="light")  # everything that draws at random or counts


@pytest.fixture(scope="session")
def mixed(sheet):
    """The sheet's digits in random order: 320 to learn from and 80 to validate on."""
    order = torch.randperm(len(sheet), generator=torch.Generator().manual_seed(1))
    images, labels = sheet.images[order], sheet.labels[order]
    return Digits(images[:320], labels[:320]), Digits(images[320:], labels[320:])


@pytest.fixture
def few(mixed):
    """Two batches of 40 and one of 20."""
    return Digits(mixed[0].images[:100], mixed[0].labels[:100]), mixed[1]


def until(run, digits, epochs):
    """Train until so many epochs are done, as if somebody stopped there."""
    for event in fit(run, *digits):
        if isinstance(event, Epoch) and event.epoch == epochs:
            return


def weights(run):
    return {name: value.clone() for name, value in run.network.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def past(run):
    return [replace(epoch, seconds=0) for epoch in run.history]


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
    epochs = [event for event in events if isinstance(event, Epoch)]
    assert epochs == run.history
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    for epoch in epochs:
        steps = [event for event in events if isinstance(event, Step) and event.epoch == epoch.epoch]
        assert [step.batch for step in steps] == sorted({step.batch for step in steps})
        assert steps[-1].batch == steps[-1].batches == 25
        assert (epoch.loss, epoch.accuracy) == (steps[-1].loss, steps[-1].accuracy)
        assert 0 <= epoch.accuracy <= 100
        assert events.index(epoch) == events.index(steps[-1]) + 1


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


def test_without_validation_digits_nothing_is_measured(few):
    run = Run("mlp", SMALL, seed=1)
    list(fit(run, few[0], None))
    assert [epoch.validation_loss for epoch in run.history] == [None] * 3
    assert [epoch.validation_accuracy for epoch in run.history] == [None] * 3


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(few):
    runs = []
    for seed in (4, 4, 5):
        runs.append(Run("three_block", WHOLE, seed))
        list(fit(runs[-1], *few))
    assert same(weights(runs[0]), weights(runs[1]))
    assert past(runs[0]) == past(runs[1])
    assert not same(weights(runs[0]), weights(runs[2]))


@pytest.mark.parametrize("stopped", [1, 2])
@pytest.mark.parametrize(
    ("name", "recipe"),
    [("three_block", WHOLE), ("two_conv_dropout", replace(SMALL, optimizer="adamw")), ("mlp", SMALL)],
)
def test_a_run_goes_on_as_if_it_had_never_stopped(name, recipe, stopped, few, tmp_path):
    whole = Run(name, recipe, seed=3)
    list(fit(whole, *few))
    expected = weights(whole)

    first = Run(name, recipe, seed=3)
    until(first, few, stopped)
    first.save(tmp_path / "state.pth")
    torch.manual_seed(99)
    torch.rand(5)
    second = Run.resume(tmp_path / "state.pth", name, recipe, 3, "cpu")
    assert len(second.history) == stopped
    list(fit(second, *few))
    assert same(weights(second), expected)
    assert past(second) == past(whole)


AVERAGED = replace(WHOLE, schedule="one-cycle", augment="strong", mild=0.4, forms=0.1, weight_decay=0.01)
AVERAGED = replace(AVERAGED, optimizer="adamw", averaging=0.9)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_run_of_the_whole_recipe_goes_on_as_if_it_had_never_stopped(precision, few, tmp_path):
    recipe = replace(AVERAGED, precision=precision)
    whole = Run("five_conv", recipe, seed=3)
    list(fit(whole, *few))
    first = Run("five_conv", recipe, seed=3)
    until(first, few, 2)
    first.save(tmp_path / "state.pth")
    second = Run.resume(tmp_path / "state.pth", "five_conv", recipe, 3, "cpu")
    list(fit(second, *few))
    assert same(weights(second), weights(whole))
    assert same(second.result.state_dict(), whole.result.state_dict())
    assert past(second) == past(whole)


def test_the_result_is_the_moving_mean_of_the_weights(few):
    # By hand, over the three steps of one epoch.
    run, mean = Run("two_conv", replace(SMALL, averaging=0.9, epochs=1), seed=1), None
    rates = []
    take_step = run.optimizer.step

    def step():
        nonlocal mean
        take_step()
        now = [part.detach().clone() for part in run.network.parameters()]
        decay = min(0.9, (1 + len(rates)) / (10 + len(rates)))
        mean = [decay * old + (1 - decay) * new for old, new in zip(mean, now, strict=True)] if rates else now
        rates.append(decay)

    run.optimizer.step = step
    list(fit(run, few[0], None))
    for part, expected in zip(run.result.parameters(), mean, strict=True):
        assert torch.allclose(part, expected, atol=1e-6)


def test_the_means_batchnorm_statistics_are_those_of_its_own_answers(few):
    run = Run("three_block", replace(SMALL, averaging=0.9, epochs=1, batch_size=100), seed=1)
    list(fit(run, few[0], None))
    with torch.inference_mode():
        answers = run.result.conv1(run.result.normalize(few[0].batch(slice(None))))
    assert torch.allclose(run.result.batchnorm1.running_mean, answers.mean(dim=(0, 2, 3)), atol=1e-3)
    assert torch.allclose(run.result.batchnorm1.running_var, answers.var(dim=(0, 2, 3)), rtol=1e-2)


@pytest.mark.parametrize("faster", ["float32", "bfloat16"])
def test_the_faster_precision_is_found_by_measuring_and_kept(faster, few, tmp_path, monkeypatch):
    clock, original = [0.0], torch.autocast.__enter__

    def enter(context):
        clock[0] += 1 if (faster == "bfloat16") != context._enabled else 0.1
        return original(context)

    monkeypatch.setattr(torch.autocast, "__enter__", enter)
    monkeypatch.setattr("digits.training.time.perf_counter", lambda: clock[0])
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


def test_one_cycle_is_pytorchs(few):
    recipe = replace(SMALL, schedule="one-cycle", epochs=5, batch_size=20)
    run = Run("mlp", recipe, seed=1)
    rates, take_step = [], run.optimizer.step

    def step():
        rates.append(run.optimizer.param_groups[0]["lr"])
        take_step()

    run.optimizer.step = step
    list(fit(run, *few))
    ghost = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    # PyTorch counts a cycle from its first step to its last: 25 steps are 24 apart, and its rise ends one earlier.
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        ghost, recipe.lr, total_steps=26, pct_start=6 / 26, div_factor=10, final_div_factor=1e9
    )
    expected = []
    for _ in range(25):
        expected.append(schedule.get_last_lr()[0])
        ghost.step()
        schedule.step()
    assert rates == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("name", "recipe"), [("three_block", WHOLE), ("five_conv", AVERAGED)])
def test_a_half_done_epoch_can_be_taken_back(name, recipe, few, tmp_path):
    whole = Run(name, recipe, seed=3)
    list(fit(whole, *few))
    run = Run(name, recipe, seed=3)
    until(run, few, 1)
    run.save(tmp_path / "state.pth")
    next(iter(fit(run, *few)))  # some batches of the second epoch
    run.rewind(tmp_path / "state.pth")
    list(fit(run, *few))
    assert same(weights(run), weights(whole))
    assert same(run.result.state_dict(), whole.result.state_dict())


def test_more_epochs_may_be_asked_for_where_the_rate_does_not_depend_on_them(few, tmp_path):
    whole = Run("mlp", replace(SMALL, epochs=5), seed=1)
    list(fit(whole, *few))
    run = Run("mlp", SMALL, seed=1)
    list(fit(run, *few))
    run.save(tmp_path / "state.pth")
    longer = Run.resume(tmp_path / "state.pth", "mlp", replace(SMALL, epochs=5), 1, "cpu")
    assert not longer.finished
    list(fit(longer, *few))
    assert same(weights(longer), weights(whole))


@pytest.mark.parametrize(
    ("name", "recipe", "seed", "said"),
    [
        ("two_conv", WHOLE, 3, "two_conv"),
        ("mlp", replace(WHOLE, lr=0.5), 3, "lr"),
        ("mlp", replace(WHOLE, batch_size=8), 3, "batch_size"),
        ("mlp", replace(WHOLE, optimizer="sgd"), 3, "optimizer"),
        ("mlp", replace(WHOLE, epochs=9), 3, "epochs"),  # its cosine ends at the third
        ("mlp", WHOLE, 4, "seed"),
    ],
)
def test_a_run_goes_on_only_with_its_own_settings(name, recipe, seed, said, few, tmp_path):
    run = Run("mlp", WHOLE, seed=3)
    until(run, few, 1)
    run.save(tmp_path / "state.pth")
    with pytest.raises(TrainingFailed, match=said):
        Run.resume(tmp_path / "state.pth", name, recipe, seed, "cpu")


@pytest.mark.parametrize("content", [b"", b"no state", None])
def test_a_damaged_state_is_named(content, tmp_path):
    path = tmp_path / "mnist_model.state.pth"
    if content is None:
        Run("mlp", SMALL, seed=1).save(path)
        content = path.read_bytes()[:5000]
    path.write_bytes(content)
    with pytest.raises(BadCheckpoint, match=r"mnist_model\.state\.pth"):
        Run.resume(path, "mlp", SMALL, 1, "cpu")


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


def test_a_run_ends_at_the_learning_rate_of_pytorchs_cosine(few):
    run = Run("mlp", WHOLE, seed=1)
    list(fit(run, *few))
    ghost = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=WHOLE.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(ghost, T_max=9)
    for _ in range(8):  # nine batches in all, the first one at the full rate
        ghost.step()
        schedule.step()
    assert run.optimizer.param_groups[0]["lr"] == pytest.approx(schedule.get_last_lr()[0])
