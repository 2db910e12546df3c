"""Callout's ``search`` and its peers on the same instances, in one run, with the same time, judged by the same code.

::

    engines (callout, with_pyvrp, with_vroom: instance → routes) → measure (time, judge) → report

``python -m benchmarks.peers INSTANCE... --seconds S``; the peers are the extra ``[peers]``. See ``docs/benchmarks.md``.
"""
