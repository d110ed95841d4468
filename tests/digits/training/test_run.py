"""`Run`: what decides the next step; stopped, saved and gone on with exactly."""

from dataclasses import replace

import pytest
import torch
from training_runs import AVERAGED, SMALL, WHOLE, past, same, until, weights

from digits.errors import BadCheckpoint, TrainingFailed, UnknownModel
from digits.networks.ood_head import attach_ood_head
from digits.training.loop import fit
from digits.training.run import Run


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
@pytest.mark.slow
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


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.slow
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
    assert same(second.averaged_network.state_dict(), whole.averaged_network.state_dict())
    assert past(second) == past(whole)


def test_the_result_is_the_moving_mean_of_the_weights(few):
    # By hand, over the three steps of one epoch.
    run, mean = Run("two_conv", replace(SMALL, ema_decay=0.9, epochs=1), seed=1), None
    rates = []

    def after_step(*_):
        nonlocal mean
        now = [part.detach().clone() for part in run.network.parameters()]
        decay = min(0.9, (1 + len(rates)) / (10 + len(rates)))
        mean = [decay * old + (1 - decay) * new for old, new in zip(mean, now, strict=True)] if rates else now
        rates.append(decay)

    run.optimizer.register_step_post_hook(after_step)
    list(fit(run, few[0], None))
    for part, expected in zip(run.averaged_network.parameters(), mean, strict=True):
        assert torch.allclose(part, expected, atol=1e-6)


def test_the_means_batchnorm_statistics_are_those_of_its_own_answers(few):
    run = Run("three_block", replace(SMALL, ema_decay=0.9, epochs=1, batch_size=100), seed=1)
    list(fit(run, few[0], None))
    with torch.inference_mode():
        answers = run.averaged_network.conv1(run.averaged_network.normalize(few[0].batch(slice(None))))
    assert torch.allclose(run.averaged_network.batchnorm1.running_mean, answers.mean(dim=(0, 2, 3)), atol=1e-3)
    assert torch.allclose(run.averaged_network.batchnorm1.running_var, answers.var(dim=(0, 2, 3)), rtol=1e-2)


@pytest.mark.parametrize(("name", "recipe"), [("three_block", WHOLE), ("five_conv", AVERAGED)])
def test_a_half_done_epoch_can_be_taken_back(name, recipe, few, tmp_path):
    whole = Run(name, recipe, seed=3)
    list(fit(whole, *few))
    run = Run(name, recipe, seed=3)
    until(run, few, 1)
    run.save(tmp_path / "state.pth")
    next(iter(fit(run, *few)))  # some batches of the second epoch
    run.restore_last_epoch(tmp_path / "state.pth")
    list(fit(run, *few))
    assert same(weights(run), weights(whole))
    assert same(run.averaged_network.state_dict(), whole.averaged_network.state_dict())


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


def test_learning_what_is_no_digit_leaves_the_reading_network_alone(few):
    run = Run("two_conv", replace(AVERAGED, ood_epochs=2), seed=1)
    list(fit(run, *few))
    before = {name: value.clone() for name, value in run.averaged_network.state_dict().items()}
    more = run.ood_run()
    fresh = {name: value.clone() for name, value in more.averaged_network.state_dict().items()}
    list(fit(more, few[0], None))
    assert len(more.history) == 2
    assert same(before, run.averaged_network.state_dict())
    assert not any(torch.equal(value, fresh[name]) for name, value in more.averaged_network.state_dict().items())
    with torch.inference_mode():
        batch = few[1].batch(slice(None))
        answers = attach_ood_head(run.averaged_network, more.averaged_network).eval()(batch)
        assert answers.shape == (len(batch), 11)
        assert torch.equal(answers[:, :10], run.averaged_network.eval()(batch))


def test_the_same_seed_trains_the_same_ood_head(few):
    found = []
    for _ in range(2):
        run = Run("two_conv", replace(AVERAGED, ood_epochs=1), seed=4)
        list(fit(run, few[0], None))
        more = run.ood_run()
        list(fit(more, few[0], None))
        found.append(more.averaged_network.state_dict())
    assert same(*found)


def test_a_network_without_the_layers_to_branch_off_from_says_so():
    with pytest.raises(UnknownModel, match="pool2"):  # before it has learnt anything
        Run("mlp", replace(SMALL, ood_epochs=1), seed=1)


def test_the_epochs_that_follow_are_learnt_in_the_precision_of_those_before():
    run = Run("two_conv", replace(SMALL, precision="auto", ood_epochs=1), seed=1)
    assert run.ood_run().recipe.precision == "auto"  # none of them was learnt yet
    run.precision = "bfloat16"
    assert run.ood_run().recipe.precision == "bfloat16"


def test_the_epochs_that_follow_are_no_more_than_those_before():
    assert Run("two_conv", replace(SMALL, epochs=1, ood_epochs=10), seed=1).ood_run().recipe.epochs == 1
    assert Run("two_conv", replace(SMALL, epochs=30, ood_epochs=10), seed=1).ood_run().recipe.epochs == 10


def test_their_seconds_count_and_are_kept(few, tmp_path):
    run = Run("mlp", SMALL, seed=1)
    list(fit(run, *few))
    before, run.ood_seconds = run.seconds, 7.5
    run.save(tmp_path / "net.state.pth")
    assert Run.resume(tmp_path / "net.state.pth", "mlp", SMALL, 1, "cpu").seconds == before + 7.5
