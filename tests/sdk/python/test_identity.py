"""Users and their tokens."""

import base64
import json
import re
import time
from datetime import datetime, timedelta

import pytest
from azure.communication.chat import CommunicationUserIdentifier
from azure.communication.identity import CommunicationTokenScope
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)

HOUR = 60 * 60
USER = re.compile(r"8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}")
STRANGER = "00000000-0000-4000-8000-000000000001"


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.b64decode(payload + "=="))


def expiry(token):
    """When a token ends. The package hands on the text of the answer as it is."""
    return datetime.fromisoformat(token.expires_on)


def lifetime(token):
    return expiry(token).timestamp() - time.time()


async def test_a_user_has_an_id_of_its_own(service):
    one, other = await service.identity.create_user(), await service.identity.create_user()
    assert USER.fullmatch(one.raw_id), one.raw_id
    assert one.properties["id"] == one.raw_id
    assert one.kind == "communication_user"
    assert one.raw_id != other.raw_id


async def test_a_user_comes_with_a_token_of_a_day(service):
    user, token = await service.identity.create_user_and_token([CommunicationTokenScope.CHAT])
    assert USER.fullmatch(user.raw_id)
    assert abs(lifetime(token) - 24 * HOUR) < 30
    assert claims(token.token)["exp"] == int(expiry(token).timestamp())
    # Other clients read the payload with an alphabet that has neither.
    assert not set("-_") & set(token.token.split(".")[1])


async def test_the_lifetime_of_a_token_can_be_chosen(service):
    user, token = await service.identity.create_user_and_token(
        ["chat"], token_expires_in=timedelta(hours=1)
    )
    assert abs(lifetime(token) - HOUR) < 30
    token = await service.identity.get_token(user, ["chat"], token_expires_in=timedelta(minutes=90))
    assert abs(lifetime(token) - 1.5 * HOUR) < 30


@pytest.mark.parametrize("lifetime", [timedelta(minutes=59), timedelta(minutes=1441)])
async def test_a_lifetime_out_of_range_is_400(service, lifetime):
    user = await service.identity.create_user()
    with pytest.raises(HttpResponseError) as error:
        await service.identity.get_token(user, ["chat"], token_expires_in=lifetime)
    assert error.value.status_code == 400
    with pytest.raises(HttpResponseError) as error:
        await service.identity.create_user_and_token(["chat"], token_expires_in=lifetime)
    assert error.value.status_code == 400


@pytest.mark.parametrize("scope", list(CommunicationTokenScope))
async def test_a_token_is_issued_for_each_scope(service, scope):
    user = await service.identity.create_user()
    token = await service.identity.get_token(user, [scope])
    assert token.token.count(".") == 2
    assert claims(token.token)["exp"] == int(expiry(token).timestamp())


async def test_a_scope_that_does_not_exist_and_no_scope_are_400(service):
    user = await service.identity.create_user()
    for scopes in (["chatter"], []):
        with pytest.raises(HttpResponseError) as error:
            await service.identity.get_token(user, scopes)
        assert error.value.status_code == 400
        assert error.value.error.code == "BadRequest"


async def test_revoked_tokens_are_refused_and_new_ones_are_not(service):
    person = await service.person()
    await person.create_thread()
    await service.identity.revoke_tokens(person.id)
    with pytest.raises(ClientAuthenticationError) as error:
        await person.create_thread()
    assert error.value.status_code == 401
    token = await service.identity.get_token(person.id, ["chat"])
    client = service.chat_client(service.credential(token.token))
    assert (await client.create_chat_thread("Dinner")).chat_thread.topic == "Dinner"


async def test_a_deleted_user_is_refused(service):
    person = await service.person()
    await service.identity.delete_user(person.id)
    with pytest.raises(ClientAuthenticationError):
        await person.create_thread()
    with pytest.raises(ResourceNotFoundError) as error:
        await service.identity.get_token(person.id, ["chat"])
    assert error.value.error.code == "NotFound"


async def test_an_unknown_user_is_404_and_a_malformed_id_400(service):
    known = await service.identity.create_user()
    unknown = CommunicationUserIdentifier(known.raw_id.split("_")[0] + "_" + STRANGER)
    malformed = CommunicationUserIdentifier("8:acs:invalidUserId")
    for user, status in ((unknown, 404), (malformed, 400)):
        for call in (
            lambda user: service.identity.get_token(user, ["chat"]),
            service.identity.revoke_tokens,
            service.identity.delete_user,
        ):
            with pytest.raises(HttpResponseError) as error:
                await call(user)
            assert error.value.status_code == status


def entra_token(**claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return ".".join([part({"alg": "RS256"}), part(claims), "c2lnbmF0dXJl"])


async def test_a_teams_users_token_is_exchanged(service):
    token = entra_token(exp=int(time.time()) + 2 * HOUR, oid=STRANGER, appid=STRANGER)
    exchanged = await service.identity.get_token_for_teams_user(token, STRANGER, STRANGER)
    assert HOUR < lifetime(exchanged) <= 2 * HOUR
    assert claims(exchanged.token)["exp"] == int(expiry(exchanged).timestamp())


async def test_a_teams_users_token_that_does_not_fit_is_refused(service):
    exchange = service.identity.get_token_for_teams_user
    with pytest.raises(ClientAuthenticationError):
        await exchange("no JWT", STRANGER, STRANGER)
    with pytest.raises(ClientAuthenticationError):
        await exchange(entra_token(exp=1), STRANGER, STRANGER)
    with pytest.raises(HttpResponseError) as error:
        token = entra_token(exp=int(time.time()) + HOUR, oid=STRANGER[::-1])
        await exchange(token, STRANGER, STRANGER)
    assert error.value.status_code == 400


async def test_another_access_key_is_401(service):
    key = base64.b64encode(b"another key").decode()
    for credential in (key, AzureKeyCredential(key)):
        with pytest.raises(ClientAuthenticationError) as error:
            await service.identity_client(credential).create_user()
        assert error.value.status_code == 401
    client = service.identity_client(AzureKeyCredential(service.access_key))
    assert USER.fullmatch((await client.create_user()).raw_id)


@pytest.mark.parametrize("version", ["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"])
async def test_each_version_that_the_package_names_is_spoken(service, version):
    client = service.identity_client(api_version=version)
    user, token = await client.create_user_and_token(["chat"])
    assert lifetime(token) > 23 * HOUR
    assert lifetime(await client.get_token(user, ["chat"])) > 23 * HOUR
    await client.revoke_tokens(user)
    await client.delete_user(user)


async def test_an_unknown_version_is_400(service):
    with pytest.raises(HttpResponseError) as error:
        await service.identity_client(api_version="1999-12-31").create_user()
    assert error.value.status_code == 400
    assert error.value.error.code == "UnsupportedApiVersion"
