"""The same location instances with Callout and with spopt + HiGHS, in turn in the same run: seconds and their ratio.

    python -m benchmarks.sites ../shared/bench/sites/p_median.zip --peer-python PYTHON [--only PATTERN]

PYTHON is one where the extra ``peers`` is installed. Model building counts on both sides, reading of files does not.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from api.bench.sites_text import may_be_sites, shortest_paths
from api.bench.sources import expand
from scenarios.location.exact.median import solve_median
from scenarios.location.exact.outcome import Budget

PEER = """
import sys, time, numpy as np, pulp
from spopt.locate import PMedian
given = np.load(sys.argv[1]); limit = float(sys.argv[2])
begun = time.monotonic()
model = PMedian.from_cost_matrix(given["cost"].T, np.ones(given["cost"].shape[1]), p_facilities=int(given["p"]))
model = model.solve(pulp.HiGHS(msg=False, timeLimit=limit, threads=1), results=False)
print(time.monotonic() - begun, model.problem.objective.value(), model.problem.sol_status)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--only", default="*")
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    for source in expand(asked.path, may_be_sites):
        if not fnmatchcase(source.stem, asked.only) or not source.stem.startswith("pmed"):
            continue
        numbers = [int(word) for word in source.text().split()]
        size, count, p = numbers[:3]
        rest = numbers[3 : 3 + 3 * count]
        cost = shortest_paths(size, list(zip(rest[::3], rest[1::3], rest[2::3], strict=True)))
        no = np.zeros(size, dtype=np.bool_)
        begun = time.monotonic()
        own = solve_median(cost, count=p, pinned=no, banned=no, budget=Budget(seconds=asked.seconds), whole=True)
        seconds = time.monotonic() - begun
        with tempfile.TemporaryDirectory() as folder:
            np.savez(Path(folder) / "given.npz", cost=cost, p=p)
            command = [asked.peer_python, "-c", PEER, str(Path(folder) / "given.npz"), str(asked.seconds)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        words = done.stdout.split()
        if done.returncode or len(words) < 2:
            print(
                f"{source.stem}: {own.objective:.0f} in {seconds:.2f} s, spopt: {done.stderr.strip()[-200:]}",
                flush=True,
            )
            continue
        ratio = float(words[0]) / seconds
        proof = "proved" if own.proved else f"gap {own.gap:.3%}"
        print(
            f"{source.stem}: {own.objective:.0f} {proof} in {seconds:.2f} s; "
            f"spopt + HiGHS {words[1]} in {float(words[0]):.2f} s; "
            f"{ratio:.1f} times",
            flush=True,
        )


if __name__ == "__main__":
    main()
