"""From the catalogue's and intake's public models to what the law package reads."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from contracts import catalog as contract
from contracts import intake
from law import judgement, place, scope, seals, seats, workingday
from law import project as facts
from law.delegation import Agreement, Delegation, Item, ItemKind, Period

ProjectFacts = intake.Project


def project(given: ProjectFacts, *, park: str) -> facts.Project:
    """The facts of a filing; what is not given stays unknown."""
    return facts.Project(
        place=_place(given.place, park),
        uses=frozenset(given.uses) or None,
        investor=facts.Investor(given.investor) if given.investor else None,
        technical_renovation=given.technical_renovation,
        coal_tce=given.coal_tce,
        electricity_wan_kwh=given.electricity_wan_kwh,
        waste_source_in_park=given.waste_source_in_park,
        discharges_pollutants=given.discharges_pollutants,
        general_eia=given.general_eia,
        sub_item=given.sub_item,
        act=given.act,
        more=MappingProxyType(dict(given.facts)),
    )


def with_act(given: ProjectFacts, item: contract.Item) -> ProjectFacts:
    """The project with the one act of the item its facts call for, where it names none."""
    if given.act is not None or not item.acts:
        return given
    judged = judgement.Facts(project=project(given, park=""), park="", day=date.min, boundary=None)
    fitting = [
        act.id
        for act in item.acts
        if judgement.judge(scope.parse(act.rule), judged).outcome is judgement.Outcome.HOLDS
    ]
    return given.model_copy(update={"act": fitting[0]}) if len(fitting) == 1 else given


def result_kind(item: contract.Item, act: str | None) -> contract.ResultKind:
    """What the act ends in; the item's own kind where it is one act."""
    return next((one.result_kind for one in item.acts if one.id == act), item.result_kind)


def _place(given: intake.Place, park: str) -> place.Place | None:
    if given.longitude is not None and given.latitude is not None:
        return place.Point(given.longitude, given.latitude)
    if given.parcel:
        return place.Parcel(given.parcel)
    if given.attested_inside is not None and given.attested_by and given.attested_on:
        return place.Attestation(
            park=park,
            inside=given.attested_inside,
            officer=given.attested_by,
            on=given.attested_on,
            paper=given.attestation_paper or "",
        )
    return None


def item(
    given: contract.Item,
    delegations: Iterable[contract.Delegation],
    guides: Mapping[int, contract.Guide],
) -> Item:
    """An item; its granting authority and regulator are read off its delegations."""
    own = [period for one in delegations if one.item == given.id for period in one.periods]
    newest = max(own, key=lambda period: period.valid_from, default=None)
    guide = max(guides.values(), key=lambda one: one.guide_version, default=None)
    return Item(
        id=given.id,
        name=given.name,
        kind=ItemKind(given.result_kind),
        department=newest.seats.supervises[0] if newest else "",
        authority=newest.granted_by if newest else None,
        instant=guide.instant if guide else False,
    )


def delegation(given: contract.Delegation) -> Delegation:
    """All periods with their seats and parsed rules."""
    return Delegation(
        id=given.id,
        item=given.item,
        park=given.park,
        periods=tuple(_period(one) for one in given.periods),
    )


def _period(given: contract.Period) -> Period:
    return Period(
        from_day=given.valid_from,
        to_day=given.valid_to,
        mode=seats.Mode(given.mode),
        seats=law_seats(given.seats, recorder=given.recorder, copies_to=given.copy_to),
        scope_text=given.scope_text,
        rule=scope.parse(given.rule) if given.rule is not None else None,
        granted_by=given.granted_by,
        seal=seals.SealKind(given.seal_kind),
        agreement=Agreement(
            no=given.agreement.number,
            signed_on=given.agreement.signed_on,
            mark=given.agreement.mark,
        ),
        acting=tuple(acting(one) for one in given.acting),
        co_seals=tuple(seats.CoSeal(on=one.on, org=one.org) for one in given.co_seals),
        push_limit_days=given.push_limit_days,
        transition_until=given.transition_until,
        above=given.above,
        sources=given.sources,
        marks=given.marks,
    )


def law_seats(
    given: contract.Seats, *, recorder: str | None = None, copies_to: tuple[str, ...] = ()
) -> seats.Seats:
    """Seats as the law package reads them."""
    return seats.Seats(
        accepts=given.accepts,
        reviews=given.reviews,
        decides=given.decides,
        seals=given.seals,
        answers=given.answers,
        supervises=given.supervises,
        answers_review=given.answers_for_review,
        recorder=recorder,
        copies_to=copies_to,
    )


def public_seats(given: seats.Seats) -> contract.Seats:
    """And back, for events and answers."""
    return contract.Seats(
        accepts=given.accepts,
        reviews=given.reviews,
        decides=given.decides,
        seals=given.seals,
        answers=given.answers,
        answers_for_review=given.answers_review,
        supervises=given.supervises,
    )


def acting(given: contract.ActingPaper) -> seats.Acting:
    """A named paper for acting in another's seat."""
    return seats.Acting(
        paper=given.paper,
        for_org=given.for_org,
        by_org=given.org,
        seats=frozenset(seats.Seat(one) for one in given.seats),
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        instant_only=given.instant_only,
    )


def boundaries(org: contract.Organisation) -> tuple[place.Boundary, ...]:
    """Versions of a park's line."""
    return tuple(
        place.Boundary(
            park=org.id,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            polygons=place.multipolygon(one.geometry),
            parcels=frozenset(one.parcels),
            source=one.source,
            mark=one.mark,
        )
        for one in org.boundary
    )


def calendar(given: contract.Calendar) -> workingday.Calendar:
    """Working days of a place."""
    return workingday.Calendar.from_years(
        {
            year: {
                "notice": one.notice,
                "rest": [day.isoformat() for day in one.rest],
                "work": [day.isoformat() for day in one.work],
            }
            for year, one in given.years.items()
        }
    )


def seal(given: contract.SealSpecimen, org: str) -> seals.Seal:
    """A seal as the law package reads it."""
    return seals.Seal(
        id=given.id,
        kind=seals.SealKind(given.kind),
        org=org,
        name=given.name,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        retired=given.retired,
    )
