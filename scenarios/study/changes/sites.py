"""Centres that open, close or move."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dispatch.places import Place
from dispatch.technicians import ServiceCentre
from scenarios.study.changes.staff_of_site import based_at
from scenarios.study.setup import Note, Setup, chosen, require_centre


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """A new centre, and who works from it (patterns of technician ids)."""

    centre: ServiceCentre
    technicians: tuple[str, ...] = ()
    rent_cents_per_year: int = 0

    def apply(self, setup: Setup, note: Note) -> Setup:
        problem, centre = setup.problem, self.centre
        if centre.id in problem.centre_by_id:
            note("centre.duplicate", "there is such a centre already", field="id", value=centre.id)
            return setup
        ids = chosen(self.technicians, list(problem.technician_by_id), note, field="technicians", kind="technician")
        rents = {**setup.prices.rent_cents_per_year, centre.id: self.rent_cents_per_year}
        opened = setup.with_problem(note, centres=(*problem.centres, centre)).replace(
            prices=dataclasses.replace(setup.prices, rent_cents_per_year=rents)
        )
        return based_at(opened, ids, centre, note)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSite:
    """A centre that closes; its technicians work from `to`."""

    id: str
    to: str

    def apply(self, setup: Setup, note: Note) -> Setup:
        there = require_centre(setup, self.id, note, field="id")
        if not require_centre(setup, self.to, note, field="to") or not there:
            return setup
        if self.id == self.to:
            note("centre.same", "its technicians need another centre", field="to", value=self.to)
            return setup
        problem = setup.problem
        ids = [one.id for one in problem.technicians if one.centre_id == self.id]
        moved = based_at(setup, ids, problem.centre_by_id[self.to], note)
        rents = {name: cents for name, cents in setup.prices.rent_cents_per_year.items() if name != self.id}
        left = tuple(centre for centre in problem.centres if centre.id != self.id)
        return moved.with_problem(note, centres=left).replace(
            prices=dataclasses.replace(setup.prices, rent_cents_per_year=rents)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSite:
    """A centre that moves, with its technicians; the rent stays unless another is given."""

    id: str
    lat: float
    lon: float
    rent_cents_per_year: int | None = None

    def apply(self, setup: Setup, note: Note) -> Setup:
        if not require_centre(setup, self.id, note, field="id"):
            return setup
        problem, old = setup.problem, setup.problem.centre_by_id[self.id]
        # A place id names one point: the centre's new one must not be the old one's.
        place = Place(id=f"centre:{self.id}@{self.lat:.5f},{self.lon:.5f}", lat=self.lat, lon=self.lon)
        new = dataclasses.replace(old, place=place)
        ids = [one.id for one in problem.technicians if one.centre_id == self.id]
        staffed = based_at(setup, ids, new, note)
        rents = dict(setup.prices.rent_cents_per_year)
        if self.rent_cents_per_year is not None:
            rents[self.id] = self.rent_cents_per_year
        centres = tuple(new if centre.id == self.id else centre for centre in problem.centres)
        return staffed.with_problem(note, centres=centres).replace(
            prices=dataclasses.replace(setup.prices, rent_cents_per_year=rents)
        )
