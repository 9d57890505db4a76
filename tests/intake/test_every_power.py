"""Each power of the government's own table can be filed for and accepted."""

import pytest

from contracts import catalog
from shenguan.rehearse.facts import project_for
from tests.intake.builders import a_filing, act
from tests.support.catalogue import zhanggong
from tests.support.service import Service

POWERS = [one for one in zhanggong() if isinstance(one, catalog.Delegation)]


def test_there_are_33_of_them():
    assert len(POWERS) == 33


@pytest.mark.parametrize("power", POWERS, ids=lambda one: one.item)
async def test_it_is_received_and_accepted(shared: Service, power: catalog.Delegation):
    period = power.periods[-1]
    project = project_for(period.rule, name="演练项目", point=(115.0, 25.79))
    no = await a_filing(
        shared.client(system="ywtb"), item=power.item, project={"investor": None} | project
    )
    answer = await act(shared.client(officer="zg-park-chen"), no, "acceptance")
    assert answer.status_code == 200, answer.text
    told = (await shared.told("intake.accepted.v1"))[-1]
    assert told.data["filing"]["competence"]["seats"]["supervises"] == list(period.seats.supervises)
