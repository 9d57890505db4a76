from tests.intake.builders import a_material, act, file
from tests.support.service import Service


async def test_a_material_becomes_a_filing_that_is_accepted(shared: Service):
    client, window = shared.client(system="ywtb"), shared.client(officer="zg-park-chen")
    material = await a_material(client)
    filed = await file(client, materials=[{"id": material, "requirement": "m1"}])
    assert filed.status_code == 201, filed.text
    no = filed.json()["no"]
    accepted = await act(window, no, "acceptance")
    assert accepted.status_code == 200, accepted.text
    assert [one.type for one in await shared.told() if one.subject == no] == [
        "intake.received.v1",
        "intake.accepted.v1",
    ]
