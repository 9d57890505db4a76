"""What the others are told of a granted power: the catalogue's public models."""

from datetime import timedelta

from contracts import catalog as contract
from servicekit.judging import public_seats
from services.catalog.domain.grants import Grant

NOT_YET = contract.Publication(id="", count=0)
"""Until it is published an object has no publication and version 0."""


def item(grant: Grant, *, tenant: str) -> contract.Item:
    """The power itself."""
    companion = grant.companion
    told_apart = companion.discriminator
    return contract.Item(
        publication=NOT_YET,
        version=0,
        id=grant.item,
        name=grant.name,
        power_type=grant.power_type,
        result_kind=grant.result_kind,
        sub_items=tuple(contract.SubItem(id=name, name=name) for name in companion.sub_items),
        acts=tuple(
            contract.Act(
                id=act.id, name=act.name, result_kind=act.result_kind, rule=act.condition()
            )
            for act in companion.acts
        ),
        discriminator=told_apart.text if told_apart else None,
        discriminator_mark=told_apart.mark if told_apart else None,
        siblings=grant.siblings,
        list_row=grant.list_row,
        tenant=tenant,
    )


def delegation(
    grant: Grant, *, tenant: str, before: contract.Delegation | None
) -> contract.Delegation:
    """The power in the park's hands, its earlier periods kept.

    A period that begins later closes the one before on its eve; one that begins on the same day
    takes its place.
    """
    new = _period(grant)
    eve = new.valid_from - timedelta(days=1)
    earlier = [
        one.model_copy(update={"valid_to": eve})
        if one.valid_to is None or one.valid_to > eve
        else one
        for one in (before.periods if before else ())
        if one.valid_from < new.valid_from
    ]
    return contract.Delegation(
        publication=NOT_YET,
        version=0,
        id=f"{grant.item}:{grant.park}",
        item=grant.item,
        park=grant.park,
        periods=(*earlier, new),
        tenant=tenant,
    )


def _period(grant: Grant) -> contract.Period:
    paper = grant.agreement
    return contract.Period(
        valid_from=paper.valid_from,
        mode=grant.section.mode,
        granted_by=grant.granted_by,
        seats=public_seats(grant.seats),
        seal_kind=grant.section.seal_kind,
        scope_text=grant.scope_text,
        rule=grant.rule,
        agreement=contract.Agreement(
            name=paper.name, number=paper.number, signed_on=paper.signed_on, mark=paper.mark
        ),
        acting=tuple(
            contract.ActingPaper(
                org=one.org,
                for_org=one.for_org,
                seats=one.seats,
                paper=one.paper,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                instant_only=one.instant_only,
                mark=one.mark,
            )
            for one in grant.acting
        ),
        co_seals=tuple(
            contract.CoSeal(
                on=one.on,
                org=one.org or grant.granted_by,
                seal_kind=one.seal_kind,
                source=one.source,
            )
            for one in grant.section.co_seals
        ),
        push_limit_days=grant.section.push_limit_days,
        copy_to=grant.section.copy_to,
        recorder=grant.seats.recorder,
        above=grant.companion.above.org if grant.companion.above else None,
        sources=grant.sources,
        marks=grant.marks,
    )
