"""Writers that meet: on PostgreSQL transactions run side by side, and none may act on what another is changing."""

from __future__ import annotations

import threading
from collections import Counter

from sqlmodel import select

from api.service.days.publishing import publish
from api.service.http.versions import etag
from api.service.phone.events import Report
from api.service.phone.intake import take
from api.service.security.roles import Role
from api.service.store.audits import Author
from api.service.store.tables import Plan, Visit


def test_two_drafts_of_one_day_put_into_force_at_once(client, boss, town, make_plan, store):
    """The second is told, or follows the first: no ticket is visited twice."""
    assert client.post("/v1/imports", json=town, headers=boss).status_code == 200
    for _ in range(5):
        drafts = [make_plan(), make_plan()]
        tags = {plan: client.get(f"/v1/plans/{plan}", headers=boss).headers["ETag"] for plan in drafts}
        together, codes = threading.Barrier(2), []

        def put(plan, tags=tags, together=together, codes=codes):
            together.wait()
            answer = client.post(f"/v1/plans/{plan}/publish", headers=boss | {"If-Match": tags[plan]})
            codes.append(answer.status_code)

        threads = [threading.Thread(target=put, args=(plan,)) for plan in drafts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(codes) <= {200, 409, 412}
        assert 200 in codes
        with store.reading() as session:
            standing = Counter(session.exec(select(Visit.ticket_id).where(Visit.state != "removed")).all())
            assert standing == dict.fromkeys(standing, 1)
            assert len(session.exec(select(Plan).where(Plan.state == "published")).all()) == 1
