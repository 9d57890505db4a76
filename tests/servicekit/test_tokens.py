import base64
import hashlib
import hmac
import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from servicekit.problems import Problem
from servicekit.tokens import Verifier
from tests.support.tokens import TestIssuer

ISSUER = "https://issuer.example"


@pytest.fixture
def issuer():
    return TestIssuer(ISSUER)


@pytest.fixture
def verifier(issuer):
    return Verifier(issuer=ISSUER, audience="shenguan", keys=issuer.keys)


def unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def signed_with_the_public_key(claims, public):
    """HS256 over the issuer's public key: the classic confusion of algorithms."""
    head = unsigned(claims).split(".")[1]
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"test"}').decode().rstrip("=")
    digest = hmac.new(public, f"{header}.{head}".encode(), hashlib.sha256).digest()
    return f"{header}.{head}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def good_claims(**changes):
    return {"iss": ISSUER, "aud": "shenguan", "sub": "ana", "exp": int(time.time()) + 60} | changes


async def test_an_officer_has_an_organisation_and_roles(verifier, issuer):
    caller = await verifier.caller(issuer.officer("ana", org="zg-park", roles=["window"]))
    assert (caller.kind, caller.org, caller.roles) == ("officer", "zg-park", {"window"})


async def test_a_system_has_scopes(verifier, issuer):
    caller = await verifier.caller(issuer.system("ywtb", scope="filings:write filings:read"))
    assert (caller.kind, caller.org) == ("system", None)
    assert caller.scope == {"filings:write", "filings:read"}


async def refused(verifier, token):
    with pytest.raises(Problem) as raised:
        await verifier.caller(token)
    return raised.value.code == "unauthenticated"


async def test_tokens_that_must_not_pass(verifier, issuer):
    now = int(time.time())
    other = ECKey.generate_key("P-256", parameters={"kid": "test"})
    public = (await issuer.keys(False)).keys[0].as_pem(private=False)
    for token in (
        "",
        "x.y.z",
        unsigned(good_claims()),
        issuer.sign(sub="ana", exp=now - 120),
        issuer.sign(sub="ana", nbf=now + 600),
        issuer.sign(sub="ana", aud="another"),
        issuer.sign(sub="ana", iss="https://stranger.example"),
        issuer.sign(name="nobody"),
        jwt.encode({"alg": "ES256", "kid": "test"}, good_claims(), other),
        signed_with_the_public_key(good_claims(), public),
    ):
        assert await refused(verifier, token), token


async def test_an_accepted_token_is_not_asked_again_until_it_expires(issuer):
    asked = []

    async def keys(fresh):
        asked.append(fresh)
        return await issuer.keys(fresh)

    verifier = Verifier(issuer=ISSUER, audience="shenguan", keys=keys)
    token = issuer.system("ywtb", scope="")
    for _ in range(3):
        await verifier.caller(token)
    assert asked == [False]


async def test_claims_of_another_issuer_are_found_by_their_path(issuer):
    verifier = Verifier(
        issuer=ISSUER,
        audience="shenguan",
        keys=issuer.keys,
        org_claim="org_code",
        roles_claim="realm_access.roles",
    )
    token = issuer.sign(sub="ana", org_code="zg-park", realm_access={"roles": ["window"]})
    assert (await verifier.caller(token)).roles == {"window"}


async def test_a_role_counts_only_where_the_catalogue_gives_it(part):
    class Directory:
        async def roles(self, org, sub):
            return {"zg-park": frozenset({"window"})}.get(org)

    part.kit.directory = Directory()
    for org in ("zg-park", "nowhere"):
        token = part.issuer.officer("ana", org=org, roles=["approver", "window"])
        async with part.client(token) as client:
            answer = await client.get("/officers")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-seat")


async def test_without_a_token_nobody_gets_in(part):
    async with part.client() as client:
        answer = await client.get("/officers")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
