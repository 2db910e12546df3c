"""``callout bench``: public instances, planned by any engine and scored in the instance's own terms.

::

    sources → suites (solomon, vrplib, trsp, strsp: text → Case) → result (plan, verify, score) → summary

A :class:`~api.bench.case.Case` turns an instance into the domain's problem, and judges routes without the domain: it
holds the instance's own checker and cost, in double precision. See ``docs/bench.md``.
"""
