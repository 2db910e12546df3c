"""The use case `plan_day` around engines of every kind: broken, limited, lazy. Minutes on the line."""

from __future__ import annotations

import dataclasses

import pytest

from dispatch.errors import InternalError, UnsupportedError, UsageError
from dispatch.explain.text import text
from dispatch.features import OPTIONAL, USERS
from dispatch.fingerprint import problem_hash
from dispatch.plan import Reason, RouteSteps
from dispatch.ports import EngineAnswer, Feature, Limits
from dispatch.service import MAX_SEED, plan_day, travel_of
from dispatch.technicians import ServiceCentre
from dispatch.tickets import After, Pin
from dispatch.version import VERSION

MIN_S = 60


class Fixed:
    """An engine that gives a known answer; it keeps all constraints, or says which."""

    name = "fixed"
    version = "7"

    def __init__(self, *routes: RouteSteps, features: frozenset[Feature] = frozenset(Feature)) -> None:
        self.routes = routes
        self.features = features
        self.request = None

    def solve(self, request):
        self.request = request
        return EngineAnswer(routes=self.routes, iterations=5, parameters={"depth": 3})


@pytest.fixture
def plan(line):
    def run(problem, engine, **options):
        options = {"limits": Limits(iterations=10), "seed": 1, **options}
        return plan_day(problem, line.travel(problem), engine, **options)

    return run


class TestEngine:
    def test_its_decisions_are_kept(self, line, plan):
        problem = line.solo([line.ticket("a", 20), line.ticket("b", 10)])
        made = plan(problem, Fixed(line.steps("ann1", "b", "a")))
        assert [visit.ticket_id for visit in made.routes[0].visits] == ["b", "a"]
        assert made.unserved == ()

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("b",), "skill_level"),
            (("a", "a"), "duplicate_visit"),
            (("c", "a"), "window_missed"),
        ],
    )
    def test_a_broken_answer_is_an_internal_error(self, line, plan, words, code):
        tickets = [
            line.ticket("a", 20, windows=[(480, 500)]),
            line.ticket("b", 10, skills={"gas": 1}),
            line.ticket("c", 10),
        ]
        with pytest.raises(InternalError) as caught:
            plan(line.solo(tickets), Fixed(line.steps("ann1", *words)))
        assert caught.value.code == "plan.infeasible"
        assert caught.value.exit_code == 5
        assert code in caught.value.message
        assert "fixed" in caught.value.message

    def test_unknown_things_in_an_answer_are_an_internal_error(self, line, plan):
        problem = line.solo([line.ticket("a", 20)])
        for steps in (line.steps("bob1", "a"), line.steps("ann1", "z"), line.steps("ann1", "@hub", "a")):
            with pytest.raises(InternalError):
                plan(problem, Fixed(steps))
        with pytest.raises(InternalError):
            plan(problem, Fixed(line.steps("ann1", "#0", "a")))  # the shift has no break

    def test_two_routes_of_one_shift_are_an_internal_error(self, line, plan):
        # and no ticket of the one is quietly lost or served by other means
        problem = line.solo([line.ticket("a", 20), line.ticket("b", 10)])
        with pytest.raises(InternalError):
            plan(problem, Fixed(line.steps("ann1", "a"), line.steps("ann1", "b")))

    def test_it_gets_the_whole_request(self, line, plan):
        problem = line.solo([line.ticket("a", 20)])
        engine, warm = Fixed(), line.steps("ann1", "a")
        plan(problem, engine, limits=Limits(seconds=3.0, iterations=4), seed=MAX_SEED, workers=2, warm_start=[warm])
        request = engine.request
        assert (request.problem, request.limits) == (problem, Limits(seconds=3.0, iterations=4))
        assert (request.seed, request.workers, request.warm_start) == (MAX_SEED, 2, (warm,))
        assert request.should_stop() is False

    def test_provenance(self, line, plan):
        problem = line.solo([line.ticket("a", 20)])
        made = plan(problem, Fixed(), limits=Limits(seconds=3.0), seed=9, workers=2).provenance
        assert (made.engine, made.engine_version, made.callout_version) == ("fixed", "7", VERSION)
        assert (made.problem_hash, made.travel_source) == (problem_hash(problem), "line")
        assert (made.seed, made.workers, made.seconds, made.iterations, made.iterations_done) == (9, 2, 3.0, None, 5)
        assert dict(made.parameters) == {"depth": 3}
        assert made.weights == dataclasses.asdict(problem.weights)

    def test_warnings_of_the_travel_come_first(self, line):
        problem = line.solo([line.ticket("a", 20)])
        warning = Reason(code="travel_fallback", facts={"source": "osrm http://roads", "cause": "travel.unreachable"})
        travel = dataclasses.replace(line.travel(problem), warnings=(warning,))
        made = plan_day(problem, travel, Fixed(), limits=Limits(iterations=10), seed=1)
        assert made.provenance.warnings == (warning,)
        assert "http://roads" in text(warning, "en", problem)


class TestLazyEngine:
    def test_what_fits_and_pays_is_inserted(self, line, plan):
        tickets = [
            line.ticket("a", 20),
            line.ticket("b", 40, windows=[(600, 610)]),
            line.ticket("c", 10, unserved_cents=1),  # not worth the way
            line.ticket("d", 10, skills={"gas": 1}),  # nobody can
            line.ticket("e", 10, 600),  # longer than the shift
        ]
        made = plan(line.solo(tickets), Fixed())
        assert sorted(visit.ticket_id for visit in made.routes[0].visits) == ["a", "b"]
        assert [(entry.ticket_id, entry.reason.code) for entry in made.unserved] == [
            ("c", "too_dear"), ("d", "skill_level"), ("e", "longer_than_shift"),
        ]  # fmt: skip

    def test_the_dearest_to_leave_goes_first(self, line, plan):
        # one of the two fits into 480..560
        tickets = [line.ticket("a", 20, unserved_cents=50_000), line.ticket("b", 20, unserved_cents=60_000)]
        made = plan(line.solo(tickets, last=560), Fixed())
        assert [visit.ticket_id for visit in made.routes[0].visits] == ["b"]

    def test_parts_are_fetched(self, line, plan):
        hub = ServiceCentre(id="hub", place=line.at(5), parts=frozenset({"fuse"}))
        problem = line.solo([line.ticket("a", 20, parts={"fuse": 2})], world={"centres": (hub,)})
        made = plan(problem, Fixed())
        assert [type(stop).__name__ for stop in made.routes[0].stops] == ["Restock", "Visit"]

    def test_a_break_that_can_move_does_not_keep_a_ticket_out(self, line, plan):
        # a 480..520, break 520..550, b 550..610. x must start by 485, and does: x 480..510, break 510..540, a 540..580,
        # b 580..640
        tickets = [line.ticket("a", 0, 40), line.ticket("b", 0, 60), line.ticket("x", 0, windows=[(480, 485)])]
        problem = line.solo(tickets, breaks=[(500, 530, 30)])
        made = plan(problem, Fixed(line.steps("ann1", "a", "#0", "b")))
        assert made.unserved == ()

    def test_crews_and_orders_are_left_to_the_engine(self, line, plan):
        tickets = [
            line.ticket("a", 20),
            line.ticket("b", 20, after=(After(ticket_id="a"),)),
            line.ticket("c", 20, crew=({},)),
            line.ticket("d", 20),
        ]
        made = plan(line.solo(tickets), Fixed())
        assert [visit.ticket_id for visit in made.routes[0].visits] == ["d"]
        assert [entry.ticket_id for entry in made.unserved] == ["a", "b", "c"]

    def test_nothing_to_do(self, line, plan):
        made = plan(line.solo([]), Fixed())
        assert (made.routes, made.unserved, made.total_cents) == ((), (), 0)


class TestUnsupported:
    CASES = {
        Feature.SKILLS: ({"skills": {"gas": 1}}, {}),
        Feature.WINDOWS: ({"windows": [(600, 700)]}, {}),
        Feature.TARGETS: ({"tier": "basic"}, {}),
        Feature.OVERTIME: ({}, {"regular": 1000}),
        Feature.BREAKS: ({}, {"breaks": [(720, 780, 30)]}),
        Feature.PLACES: ({}, {"end": 20}),
        Feature.TECHNICIAN_SETS: ({"preferred": frozenset({"ann"})}, {}),
        Feature.DURATION_FACTORS: ({}, {"ann": {"duration_percent": {"*": 90}}}),
        Feature.REACH: ({}, {"ann": {"max_leg_s": 600}}),
        Feature.PARTS: ({"parts": {"fuse": 1}}, {}),
        Feature.PINS: ({"pin": Pin(technician_ids=("ann",))}, {}),
        Feature.CREWS: ({"crew": ({},)}, {}),
    }

    def _problem(self, line, feature):
        if feature is Feature.MULTI_DAY:
            problem = line.solo([line.ticket("x", 20)], last=600)
            return problem.replace(shifts=(*problem.shifts, line.shift("ann", 700, 800, name="ann2")))
        if feature is Feature.AFTER:
            return line.solo([line.ticket("x", 20, after=(After(ticket_id="y"),)), line.ticket("y", 20)])
        if feature is Feature.PROFILES:
            owners = [line.technician("ann"), line.technician("bob", profile="bike")]
            return line.problem([line.ticket("x", 20)], owners, [line.shift("ann")])
        ticket, other = self.CASES[feature]
        return line.solo([line.ticket("x", 20, **ticket)], **other)

    @pytest.mark.parametrize("feature", sorted(set(Feature) - OPTIONAL))
    def test_it_names_the_feature_and_who_uses_it(self, line, plan, feature):
        problem = self._problem(line, feature)
        with pytest.raises(UnsupportedError) as caught:
            plan(problem, Fixed(features=frozenset(Feature) - {feature}))
        assert (caught.value.code, caught.value.exit_code) == ("engine.unsupported", 3)
        (fault,) = caught.value.faults
        assert (fault.rule, fault.field) == ("engine.unsupported", feature)
        assert set(fault.value.split(", ")) <= {"x", "y", "ann1", "ann2", "ann", "bob"}
        assert feature in caught.value.message

    def test_all_missing_features_at_once(self, line, plan):
        tickets = [line.ticket(f"x{number}", 20, skills={"gas": 1}, windows=[(600, 700)]) for number in range(7)]
        with pytest.raises(UnsupportedError) as caught:
            plan(line.solo(tickets), Fixed(features=frozenset()))
        faults = {fault.field: fault.value for fault in caught.value.faults}
        assert faults == {
            "skills": "x0, x1, x2, x3, x4 and 2 more",
            "windows": "x0, x1, x2, x3, x4 and 2 more",
        }

    def test_a_plain_problem_needs_no_feature(self, line, plan):
        assert plan(line.solo([line.ticket("x", 20)]), Fixed(features=frozenset())).unserved == ()

    def test_an_optional_feature_is_not_asked_for(self, line, plan):
        hub = ServiceCentre(id="hub", place=line.at(5))
        problem = line.solo([line.ticket("x", 20, parts={"fuse": 1})], world={"centres": (hub,)})
        plan(problem, Fixed(features=frozenset({Feature.PARTS})))

    def test_every_feature_says_who_uses_it(self):
        assert set(USERS) == set(Feature)


class TestCall:
    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"limits": Limits()}, "plan.limits"),
            ({"limits": Limits(seconds=0)}, "plan.limits"),
            ({"limits": Limits(seconds=-1.0)}, "plan.limits"),
            ({"limits": Limits(seconds=float("nan"))}, "plan.limits"),
            ({"limits": Limits(seconds=7 * 86_400 + 1)}, "plan.limits"),
            ({"limits": Limits(iterations=0)}, "plan.limits"),
            ({"limits": Limits(seconds=1, iterations=-1)}, "plan.limits"),
            ({"seed": -1}, "plan.seed"),
            ({"seed": MAX_SEED + 1}, "plan.seed"),
            ({"workers": 0}, "plan.workers"),
            ({"workers": 1025}, "plan.workers"),
        ],
    )
    def test_bad_values(self, line, plan, options, code):
        engine = Fixed()
        with pytest.raises(UsageError) as caught:
            plan(line.solo([line.ticket("x", 20)]), engine, **options)
        assert (caught.value.code, caught.value.exit_code) == (code, 2)
        assert engine.request is None  # nothing ran

    def test_travel_of_asks_for_every_place_and_profile(self, line):
        owners = [line.technician("ann", profile="car"), line.technician("bob", profile="bike")]
        problem = line.problem([line.ticket("x", 20)], owners, [line.shift("ann", end=30)])
        asked = []

        class Source:
            def matrix(self, places, profiles):
                asked.append(([place.id for place in places], list(profiles)))
                return line.travel(problem)

        travel_of(problem, Source())
        assert asked == [(["m20", "m0", "m30"], ["bike", "car"])]
