"""Answers that are not successes, and what every answer has."""

import base64
import json
import time

import azure.communication.identity as identity
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)

from service import items, told

VERSIONS = ["2021-03-07", "2021-09-07", "2023-11-07", "2024-03-07", "2025-03-15"]


def forged(expires):
    """A token that reads well and that nobody has issued."""

    def part(value):
        return base64.b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return ".".join([part({"alg": "HS256"}), part({"exp": int(expires)}), "c2lnbmF0dXJl"])


async def test_a_token_that_nobody_has_issued_is_401(service):
    client = service.chat_client(service.credential(forged(time.time() + 3600)))
    for call in (
        lambda: client.create_chat_thread("Lunch"),
        lambda: items(client.list_chat_threads()),
        lambda: client.delete_chat_thread("19:00000000000000000000000000000000@thread.v2"),
    ):
        with pytest.raises(ClientAuthenticationError) as error:
            await call()
        assert error.value.status_code == 401
        assert told(error.value) == ("Unauthorized", "Request is not authorized.")
        assert error.value.response.headers["www-authenticate"].startswith("Bearer")


async def test_who_does_not_take_part_gets_403(service):
    alice, eve = await service.people(2)
    thread_id, thread = await alice.create_thread()
    sent = await thread.send_message("hello")
    theirs = eve.thread(thread_id)
    for call in (
        theirs.get_properties,
        lambda: theirs.update_topic("Dinner"),
        lambda: eve.chat.delete_chat_thread(thread_id),
        lambda: theirs.send_message("hello"),
        lambda: theirs.get_message(sent.id),
        lambda: theirs.update_message(sent.id, "changed"),
        lambda: theirs.delete_message(sent.id),
        lambda: items(theirs.list_messages()),
        lambda: items(theirs.list_participants()),
        lambda: theirs.remove_participant(alice.id),
        lambda: items(theirs.list_read_receipts()),
        lambda: theirs.send_read_receipt(sent.id),
        theirs.send_typing_notification,
    ):
        with pytest.raises(HttpResponseError) as error:
            await call()
        assert error.value.status_code == 403
        assert told(error.value)[0] == "Forbidden"


async def test_an_unknown_thread_is_404_and_a_malformed_id_400(service):
    alice = await service.person()
    for thread_id, status in (
        ("19:00000000000000000000000000000000@thread.v2", 404),
        ("19:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1@thread.v2", 404),
        ("invalid_chat_thread_id", 400),
        ("19:short@thread.v2", 400),
    ):
        thread = alice.thread(thread_id)
        for call in (
            thread.get_properties,
            lambda: thread.update_topic("Dinner"),
            lambda: alice.chat.delete_chat_thread(thread_id),
            lambda: thread.send_message("hello"),
            lambda: thread.get_message("1600000000000"),
            lambda: items(thread.list_messages()),
            lambda: items(thread.list_participants()),
            lambda: thread.remove_participant(alice.id),
            lambda: thread.send_read_receipt("1600000000000"),
            thread.send_typing_notification,
        ):
            with pytest.raises(HttpResponseError) as error:
                await call()
            assert error.value.status_code == status
            assert isinstance(error.value, ResourceNotFoundError) == (status == 404)
            if status == 404:
                assert told(error.value) == ("NotFound", "The specified thread id was not found.")


async def test_sizes_of_pages_and_positions_that_are_none_are_400(service):
    alice = await service.person()
    _, thread = await alice.create_thread()
    for pages in (
        alice.chat.list_chat_threads(results_per_page=0),
        thread.list_messages(results_per_page=-1),
        thread.list_participants(results_per_page=0),
        thread.list_participants(skip=-1),
        thread.list_read_receipts(skip=-1),
    ):
        with pytest.raises(HttpResponseError) as error:
            await items(pages)
        assert error.value.status_code == 400


async def test_an_unknown_version_is_400(service):
    alice = await service.person(api_version="2020-09-21-preview2")
    with pytest.raises(HttpResponseError) as error:
        await alice.chat.create_chat_thread("Lunch")
    assert error.value.status_code == 400
    assert error.value.error.code == "UnsupportedApiVersion"


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_is_spoken_and_named_in_links(service, version):
    alice = await service.person(api_version=version)
    bob = await service.person()
    answers = []
    for _ in range(3):
        await alice.create_thread("Lunch", [bob])
    threads = alice.chat.list_chat_threads(results_per_page=2, raw_response_hook=answers.append)
    assert len(await items(threads)) == 3
    assert len(answers) == 2
    for answer in answers:
        headers = answer.http_response.headers
        supported = headers["api-supported-versions"].split(", ")
        assert set(VERSIONS) <= set(supported)
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert headers["MS-CV"]
    link = json.loads(answers[0].http_response.text())["nextLink"]
    assert link.startswith(answers[0].http_request.url.split("?")[0] + "?")
    assert f"api-version={version}" in link
    assert "maxPageSize=2" in link


async def test_errors_of_all_versions_have_an_envelope_of_their_own(service):
    for version in ("2021-09-07", "2023-11-07", "2025-03-15"):
        alice = await service.person(api_version=version)
        with pytest.raises(HttpResponseError) as error:
            await alice.chat.delete_chat_thread("invalid_chat_thread_id")
        assert error.value.status_code == 400
        assert list(json.loads(error.value.response.text())) == ["CommunicationError"]


async def test_a_token_is_refreshed_before_it_is_used(service):
    user = await service.identity.create_user()
    asked = []

    def fresh(token):
        # The package wants the time as a number, though it gives it as a text.
        return AccessToken(token.token, int(time.time()) + 3600)

    if service.is_async:

        async def refresh():
            asked.append(user)
            return fresh(await service.identity.get_token(user, ["chat"]))

    else:
        # It is called by the synchronous package, which cannot await the wrapped client.
        issuer = identity.CommunicationIdentityClient(service.endpoint, service.access_key)

        def refresh():
            asked.append(user)
            return fresh(issuer.get_token(user, ["chat"]))

    credential = service.credential(forged(time.time() - 1), token_refresher=refresh)
    client = service.chat_client(credential)
    assert (await client.create_chat_thread("Lunch")).chat_thread.topic == "Lunch"
    assert await items(client.list_chat_threads())
    assert len(asked) == 1
