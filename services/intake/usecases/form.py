"""What an applicant hands in, as a form: every field checked, every fault told at once."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import PydanticCustomError, core_schema

from law import identifiers
from law.breach import Breach
from law.project import Use
from services.intake.usecases.faults import Fault, of_validation

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]


def _credit_code(text: str) -> str:
    return _lawful(identifiers.credit_code, text)


def _resident(text: str) -> str:
    return _lawful(lambda given: identifiers.resident(given).number, text)


def _project_code(text: str) -> str:
    return _lawful(identifiers.project_code, text)


def _lawful(check: Any, text: str) -> str:
    try:
        return str(check(text))
    except Breach as breach:
        raise PydanticCustomError("identifier", "{text}", {"text": breach.text}) from breach


CreditCode = Annotated[str, StringConstraints(max_length=40), AfterValidator(_credit_code)]
ResidentNumber = Annotated[str, StringConstraints(max_length=40), AfterValidator(_resident)]
ProjectCode = Annotated[str, StringConstraints(max_length=40), AfterValidator(_project_code)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,19}$")]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6, allow_inf_nan=False)]


class Form(BaseModel):
    """Part of a request: an unknown field is a fault, not something to overlook."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonForm(Form):
    """A natural person; kept sealed."""

    name: Short
    phone: Phone | None = None
    id_no: ResidentNumber | None = None


class ApplicantForm(Form):
    kind: Literal["company", "individual-business", "public-body", "other-organisation"]
    name: Short
    uscc: CreditCode
    address: Short | None = None
    contact: PersonForm
    legal_representative: PersonForm | None = None


class PlaceForm(Form):
    """One of a point (CGCS2000 degrees), a parcel number, an officer's attestation."""

    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    parcel: Short | None = None
    attested_inside: bool | None = None
    attested_by: Short | None = None
    attested_on: date | None = None
    attestation_paper: Short | None = None


class ProjectForm(Form):
    name: Short
    code: ProjectCode | None = None
    place: PlaceForm = PlaceForm()
    uses: Annotated[list[Use], Field(max_length=10)] = []
    investor: Literal["government", "enterprise"] | None = None
    technical_renovation: bool | None = None
    coal_tce: Quantity | None = None
    electricity_wan_kwh: Quantity | None = None
    waste_source_in_park: bool | None = None
    discharges_pollutants: bool | None = None
    general_eia: bool | None = None
    act: Short | None = None
    sub_item: Short | None = None
    facts: Annotated[dict[Short, Long], Field(max_length=50)] = {}


class MaterialForm(Form):
    """`id` as POST /materials answered it; `requirement` as the guide names it."""

    id: UUID
    requirement: Short | None = None


class FilingForm(Form):
    item: Id
    park: Id
    applicant: ApplicantForm
    project: ProjectForm
    materials: Annotated[list[MaterialForm], Field(max_length=200)] = []
    channel: Literal["platform", "window", "self-service", "helper"] = "platform"
    source_case_no: Short | None = None
    rehearsal: bool = False


class CorrectionForm(Form):
    """Missing materials, and facts anew where they were asked for."""

    materials: Annotated[list[MaterialForm], Field(max_length=200)] = []
    project: ProjectForm | None = None
    note: Long | None = None


F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Draft:
    """A filing as sent: the form when it is one, and the faults when it is not.

    The request's schema is FilingForm's; its faults are told beside those found later.
    """

    form: FilingForm | None
    raw: Any
    faults: list[Fault] = field(default_factory=list)

    def part(self, name: str, kind: type[F]) -> F | None:
        """One part of a form that as a whole is none; None when that part is at fault too."""
        try:
            return kind.model_validate(self.raw[name])
        except (ValidationError, KeyError, TypeError):
            return None

    def text(self, name: str) -> str | None:
        """A top-level text, whatever else is wrong."""
        value = self.raw.get(name) if isinstance(self.raw, dict) else None
        return value if isinstance(value, str) else None

    @classmethod
    def _read(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> "Draft":
        try:
            return cls(handler(value), value)
        except ValidationError as error:
            return cls(None, value, of_validation(error))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_wrap_validator_function(cls._read, handler(FilingForm))
