"""The same location instances with Callout and with spopt + HiGHS, in turn in the same run: seconds and their ratio.

    python -m benchmarks.sites FILE... --peer-python PYTHON [--only PATTERN] [--seconds S]

FILE is a p-median or a coverage file; PYTHON is one where the extra ``peers`` is installed. Model building counts on
both sides, reading of files does not.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from api.bench.sites_text import SiteCase, may_be_sites, read_sites_cases, shortest_paths, within
from api.bench.sources import Source, expand
from scenarios.location.exact.outcome import Budget

PEER = """
import sys, time, numpy as np, pulp
from spopt.locate import MCLP, PMedian
given = np.load(sys.argv[1]); limit = float(sys.argv[2])
begun = time.monotonic()
if "weight" in given:
    model = MCLP.from_cost_matrix(given["cost"], given["weight"], service_radius=0.5, p_facilities=int(given["p"]))
else:
    model = PMedian.from_cost_matrix(given["cost"].T, np.ones(given["cost"].shape[1]), p_facilities=int(given["p"]))
model = model.solve(pulp.HiGHS(msg=False, timeLimit=limit, threads=1), results=False)
print(time.monotonic() - begun, model.problem.objective.value(), model.problem.sol_status)
"""
Arrays = dict[str, np.ndarray]


def given_of(source: Source, case: SiteCase) -> Arrays:
    """The instance as the peer reads it: a table of costs, 0 or 1 where reach is all that counts."""
    if case.group == "p_median":
        numbers = [int(word) for word in source.text().split()]
        size, count, p = numbers[:3]
        rest = numbers[3 : 3 + 3 * count]
        edges = list(zip(rest[::3], rest[1::3], rest[2::3], strict=True))
        return {"cost": shortest_paths(size, edges), "p": np.array(p)}
    _, p, radius = case.name.rsplit("_", 2)
    reach, weight = within(source, source.text(), float(radius[1:]))
    far = np.ones((reach.size, reach.size))  # points by sites
    for site in range(reach.size):
        far[reach.of_site(site), site] = 0.0
    return {"cost": far, "weight": weight, "p": np.array(int(p[1:]))}


def cases_of(paths: list[Path], only: str) -> Iterator[tuple[Source, SiteCase]]:
    """Those that are asked for and that the peer can read."""
    for path in paths:
        for source in expand(path, may_be_sites):
            for case in read_sites_cases(source):
                if case.group in ("p_median", "SJC", "cities") and fnmatchcase(case.name, only):
                    yield source, case


def main() -> None:
    """Solve each with both, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--only", default="*")
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    print("| instance | seconds | result | spopt + HiGHS seconds | result | ratio |\n|---|---|---|---|---|---|")
    for source, case in cases_of(asked.paths, asked.only):
        begun = time.monotonic()
        own = case.solve(Budget(seconds=asked.seconds), 1)
        seconds = time.monotonic() - begun
        with tempfile.TemporaryDirectory() as folder:
            np.savez(Path(folder) / "given.npz", **given_of(source, case))
            command = [asked.peer_python, "-c", PEER, str(Path(folder) / "given.npz"), str(asked.seconds)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        words = done.stdout.split()[-3:]
        proof = f"{own.objective:.0f}, " + ("proved" if own.proved else f"gap {own.gap:.3%}")
        if done.returncode or len(words) < 3:
            print(f"| {case.name} | {seconds:.2f} | {proof} | {done.stderr.strip()[-200:]} | | |", flush=True)
            continue
        print(
            f"| {case.name} | {seconds:.2f} | {proof} | {float(words[0]):.2f} | {words[1]} "
            f"| {float(words[0]) / seconds:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
