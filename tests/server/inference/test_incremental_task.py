"""Tasks that run in slices while clients poll."""

import threading
import time

import pytest

from server.inference.incremental_task import Progress, TaskRunner


def counting(steps, seconds=0.0):
    for step in range(1, steps + 1):
        time.sleep(seconds)
        yield step
    return "done"


def test_a_task_runs_in_slices_and_only_once():
    begun = []

    def begin():
        begun.append(1)
        return counting(100, 0.01)

    runner = TaskRunner(threading.Lock())
    answers = [runner.get("it", 100, begin)]
    while isinstance(answers[-1], Progress):
        answers.append(runner.get("it", 100, begin))
    assert answers[-1] == runner.get("it", 100, begin) == "done"
    done = [answer.done for answer in answers[:-1]]
    assert len(done) >= 2
    assert done == sorted(set(done))
    assert begun == [1]


def test_a_second_caller_gets_the_progress_at_once_and_drawings_come_between():
    lock = threading.Lock()
    runner = TaskRunner(lock)
    first = threading.Thread(target=lambda: runner.get("it", 20, lambda: counting(20, 0.02)))
    first.start()
    time.sleep(0.05)
    started = time.monotonic()
    assert isinstance(runner.get("other", 5, lambda: counting(5)), Progress)
    assert time.monotonic() - started < 0.2
    waits = []
    for _ in range(5):
        started = time.monotonic()
        with lock:
            waits.append(time.monotonic() - started)
        time.sleep(0.005)
    assert sorted(waits)[2] < 0.2, "a step or two, not the whole task"
    first.join()


def test_a_task_that_failed_starts_again():
    def failing():
        yield 1
        raise MemoryError

    runner = TaskRunner(threading.Lock())
    with pytest.raises(MemoryError):
        runner.get("it", 3, failing)
    assert runner.get("it", 3, lambda: counting(3)) == "done"
