"""Tasks that run in slices while clients poll."""

import threading
import time

import pytest

from server.inference.incremental_task import Progress, TaskRunner


def counting(steps, seconds=0.0):
    for step in range(1, steps + 1):
        time.sleep(seconds)
        yield step
    return "made"


def test_slow_work_is_done_in_slices_and_only_once():
    begun = []

    def begin():
        begun.append(1)
        return counting(100, 0.01)

    workshop = TaskRunner(threading.Lock())
    answers = [workshop.get("it", 100, begin)]
    while isinstance(answers[-1], Progress):
        answers.append(workshop.get("it", 100, begin))
    assert answers[-1] == workshop.get("it", 100, begin) == "made"
    done = [answer.done for answer in answers[:-1]]
    assert len(done) >= 2
    assert done == sorted(set(done))
    assert begun == [1]


def test_a_second_caller_neither_works_nor_waits_and_drawings_come_between():
    turn = threading.Lock()
    workshop = TaskRunner(turn)
    first = threading.Thread(target=lambda: workshop.get("it", 20, lambda: counting(20, 0.02)))
    first.start()
    time.sleep(0.05)
    started = time.monotonic()
    assert isinstance(workshop.get("other", 5, lambda: counting(5)), Progress)
    assert time.monotonic() - started < 0.2
    waits = []
    for _ in range(5):
        started = time.monotonic()
        with turn:
            waits.append(time.monotonic() - started)
        time.sleep(0.005)
    assert sorted(waits)[2] < 0.2, "a piece or two, not the whole"
    first.join()


def test_work_that_fails_begins_anew():
    def failing():
        yield 1
        raise MemoryError

    workshop = TaskRunner(threading.Lock())
    with pytest.raises(MemoryError):
        workshop.get("it", 3, failing)
    assert workshop.get("it", 3, lambda: counting(3)) == "made"
