"""Driving of tasks, on a pool of one thread that answers in turn, and on real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.errors import UsageError
from scenarios.tasks.driver import Done, Failed, Failure, Lost, run_tasks
from scenarios.tasks.pools import Machines

sys.path.insert(0, str(Path(__file__).parent))  # worker processes import the tasks from here too
import jobs


def results(machines: Machines, work, shared, keys, **options) -> tuple[dict, tuple]:
    found = {}
    with machines.pool(work, shared) as pool:
        failures = run_tasks(pool, keys, on_done=found.__setitem__, **options)
    return found, failures


class Script:
    """A pool that answers by a list for each key; notes how many tasks were under way with each."""

    def __init__(self, answers, slots=3):
        self.answers, self.slots, self.running, self.beside = answers, slots, [], []

    def submit(self, key):
        self.running.append(key)

    def wait(self):
        key = self.running[0]
        outcome = self.answers.get(key, [Done(result=b"fine")]).pop(0)
        self.beside.append((key, len(self.running)))
        if isinstance(outcome, Lost):  # as in a broken executor, all are lost together
            ended, self.running = [(one, outcome) for one in self.running], []
            for other, _ in ended[1:]:
                self.answers.setdefault(other, [Done(result=b"fine")])
            return ended
        self.running.pop(0)
        return [(key, outcome)]

    def close(self):
        pass


def test_a_task_that_kills_its_worker_is_found_and_costs_no_other():
    lost = Lost(why="gone")
    pool, found = Script({1: [lost] * 4}), {}

    failures = run_tasks(pool, range(6), on_done=found.__setitem__)

    assert failures == (Failure(key=1, error="gone", attempts=4),)
    assert sorted(found) == [0, 2, 3, 4, 5]
    assert pool.beside[[key for key, _ in pool.beside].index(1)] != (1, 1)
    assert [beside for key, beside in pool.beside if key == 1][-1] == 1, "the last time it runs alone"


def test_never_more_under_way_than_slots():
    pool = Script({}, slots=2)
    run_tasks(pool, range(9), on_done=lambda key, result: None)
    assert max(beside for _, beside in pool.beside) == 2


def test_an_error_is_tried_three_times():
    bad = Failed(error="[x] no")
    pool, found = Script({0: [bad, bad, bad], 1: [bad, bad, Done(result=b"late")]}), {}
    assert run_tasks(pool, range(3), on_done=found.__setitem__) == (Failure(key=0, error="[x] no", attempts=3),)
    assert found == {1: b"late", 2: b"fine"}


def test_what_is_under_way_when_it_is_asked_to_stop_is_kept():
    found = {}
    failures = run_tasks(Script({}, slots=2), range(9), on_done=found.__setitem__, should_stop=lambda: bool(found))
    assert not failures
    assert sorted(found) in ([0, 1], [0, 1, 2])


def test_processes_give_what_the_function_gives():
    found, failures = results(Machines(workers=2), jobs.square, 5, range(12))
    assert not failures
    assert found == {key: str(5 + key * key).encode() for key in range(12)}


def test_processes_that_are_killed_are_replaced(tmp_path):
    """Each of four tasks kills its worker once; the last ones run alone."""
    found, failures = results(Machines(workers=2), jobs.die_once_each, tmp_path, range(4))
    assert not failures
    assert sorted(found) == [0, 1, 2, 3]


def test_the_task_that_kills_every_worker_is_told():
    found, (failure,) = results(Machines(workers=2), jobs.die_on_seven, 0, range(6, 10))
    assert sorted(found) == [6, 8, 9]
    assert failure.key == 7
    assert failure.error == "its worker process ended"


def test_an_error_of_the_domain_keeps_its_code():
    found, (failure,) = results(Machines(workers=1), jobs.refuse_seven, 0, range(6, 9))
    assert sorted(found) == [6, 8]
    assert failure.error.startswith("[input.invalid] [shift.empty] seven: ")
    assert failure.attempts == 3


def test_workers_do_not_outlive_the_process_that_waits(tmp_path):
    """It is killed with its workers busy; they notice."""
    code = """
import sys, threading, time, os, signal
sys.path.insert(0, sys.argv[1]); sys.path.insert(0, sys.argv[2])
import jobs_forever
from scenarios.tasks.processes import ProcessPool
if __name__ == "__main__":
    pool = ProcessPool(jobs_forever.stay, sys.argv[3], workers=2)
    pool.submit(0); pool.submit(1)
    while len(os.listdir(sys.argv[3])) < 2: time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "jobs_forever.py").write_text(
        "import os, time, pathlib\n"
        "def stay(folder, key):\n"
        "    (pathlib.Path(folder) / str(os.getpid())).touch()\n"
        "    while True: time.sleep(0.05)\n"
    )
    (tmp_path / "main.py").write_text(code)
    marks = tmp_path / "marks"
    marks.mkdir()
    root = str(Path(__file__).parents[3])
    subprocess.run([sys.executable, str(tmp_path / "main.py"), root, str(tmp_path), str(marks)], check=False)
    workers = [Path("/proc") / mark.name for mark in marks.iterdir()]
    assert len(workers) == 2
    for _ in range(400):  # 20 s at most
        if not any(_alive(worker) for worker in workers):
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert not any(_alive(worker) for worker in workers)


def _alive(process: Path) -> bool:
    try:
        return " Z " not in (process / "stat").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("workers", [0, 1025])
def test_a_number_of_workers_that_makes_no_sense(workers):
    with pytest.raises(UsageError, match=r"1\.\.1024"):
        Machines(workers=workers)
