"""One form, sent many times: by an impatient finger, a slow network, eight approvers at once. It happens once."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from tests.http_client import Visitor, form_values
from tests.races.crew import hire_approvers, short_form, signed_in, together, waiting
from tests.server import Data, running

TITLE = "示例灌区用水调度调整"


def value(data: Data, query: str) -> int:
    """A number from the database."""
    engine = create_engine(data.database_url)
    with engine.connect() as connection:
        found = connection.execute(text(query)).scalar_one()
    engine.dispose()
    return int(found)


def require_clean(data: Data) -> None:
    """Event chain, lines, digests and counts agree."""
    done = data.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_twenty_identical_posts_make_one_record(engine_data: Data) -> None:
    with running(engine_data, threads=8) as server:
        (clerk,) = signed_in(engine_data, server.address, ["clerk"])
        path, values = short_form(clerk, TITLE)
        answers = together([partial(clerk.twin().post, path, values) for _ in range(20)])
        places = Counter((answer.status, answer.location) for answer in answers)
        assert len(places) == 1, places
        ((status, place), count) = places.popitem()
        assert (status, count) == (303, 20)
        assert place.endswith("/receipt")
        assert TITLE in clerk.get(place).text
    assert value(engine_data, "SELECT count(*) FROM matter") == 1
    assert value(engine_data, "SELECT count(*) FROM filing") == 1
    assert value(engine_data, "SELECT count(*) FROM event WHERE action = 'submit'") == 1
    require_clean(engine_data)


def test_eight_approvers_at_once_file_once(engine_data: Data) -> None:
    names, (reg_no,) = hire_approvers(engine_data, 8), waiting(engine_data, [TITLE])
    with running(engine_data, threads=8) as server:
        path = f"/filings/{reg_no}/1"
        approvers = signed_in(engine_data, server.address, names)
        forms = [form_values(approver.get(path).text) for approver in approvers]
        answers = together(
            [partial(approver.post, path, form) for approver, form in zip(approvers, forms, strict=True)]
        )
        assert [answer.status for answer in answers].count(303) == 1, [answer.status for answer in answers]
        others = [answer for answer in answers if answer.status != 303]
        # Told, not failed: the page again, with what happened.
        assert {answer.status for answer in others} <= {403, 409, 422}, [answer.status for answer in others]
        winner = next(answer for answer in answers if answer.status == 303)
        assert "示稳评备〔" in approvers[answers.index(winner)].get(winner.location).text
    assert value(engine_data, "SELECT count(*) FROM filing WHERE filed_on IS NOT NULL") == 1
    assert value(engine_data, "SELECT last FROM number_counter") == 1
    assert value(engine_data, "SELECT count(*) FROM event WHERE action = 'accept'") == 1
    require_clean(engine_data)


@pytest.mark.slow
def test_eight_clients_number_without_gap_or_repeat(engine_data: Data) -> None:
    """Two dozen matters, filed through the pages by eight officers in parallel."""
    names = hire_approvers(engine_data, 8)
    numbers = waiting(engine_data, [f"{TITLE}第{number}号" for number in range(24)])
    with running(engine_data, threads=8) as server:

        def file(approver: Visitor, share: list[str]) -> list[int]:
            done = []
            for reg_no in share:
                path = f"/filings/{reg_no}/1"
                done.append(approver.post(path, form_values(approver.get(path).text)).status)
            return done

        approvers = signed_in(engine_data, server.address, names)
        results = together([partial(file, approver, numbers[place::8]) for place, approver in enumerate(approvers)])
        assert {status for result in results for status in result} == {303}
    engine = create_engine(engine_data.database_url)
    with engine.connect() as connection:
        given = sorted(connection.execute(text("SELECT number_seq FROM filing")).scalars())
    engine.dispose()
    assert given == list(range(1, 25))
