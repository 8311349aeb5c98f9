"""Threads: create, list, change, delete."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from azure.communication.chat import (
    ChatMessageType,
    ChatParticipant,
    CommunicationUserIdentifier,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from service import a_moment_between, by_page, items, now, told

THREAD = re.compile(r"19:acsV2_[A-Za-z0-9_-]{43}1@thread\.v2")


async def test_a_thread_is_created_with_its_topic_alone(service):
    alice = await service.person()
    before = now().replace(microsecond=0)
    created = await alice.chat.create_chat_thread("Lunch")
    thread = created.chat_thread
    assert created.errors == []
    assert THREAD.fullmatch(thread.id), thread.id
    assert thread.topic == "Lunch"
    assert thread.created_by == alice.id
    assert before <= thread.created_on <= now()
    assert thread.created_on.microsecond == 0
    assert [p.identifier for p in await items(alice.thread(thread.id).list_participants())] == [
        alice.id
    ]


async def test_a_thread_is_created_with_participants(service):
    alice, bob = await service.people(2)
    since = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    created = await alice.chat.create_chat_thread(
        "Lunch",
        thread_participants=[
            ChatParticipant(identifier=bob.id, display_name="Bob", share_history_time=since)
        ],
    )
    assert created.errors == []
    me, other = await items(alice.thread(created.chat_thread.id).list_participants())
    assert me.identifier == alice.id
    assert other.identifier == bob.id
    assert other.display_name == "Bob"
    assert other.share_history_time == since
    properties = await bob.thread(created.chat_thread.id).get_properties()
    assert properties.topic == "Lunch"
    assert properties.created_by == alice.id


async def test_the_same_idempotency_token_gives_the_same_thread(service):
    alice = await service.person()
    token = str(uuid4())
    first = await alice.chat.create_chat_thread("Lunch", idempotency_token=token)
    again = await alice.chat.create_chat_thread("Dinner", idempotency_token=token)
    assert again.chat_thread.id == first.chat_thread.id
    assert again.chat_thread.created_on == first.chat_thread.created_on
    other = await alice.chat.create_chat_thread("Lunch", idempotency_token=str(uuid4()))
    minted = await alice.chat.create_chat_thread("Lunch")
    ids = {first.chat_thread.id, other.chat_thread.id, minted.chat_thread.id}
    assert len(ids) == 3
    assert {thread.id for thread in await items(alice.chat.list_chat_threads())} == ids


async def test_those_who_cannot_be_added_are_named_and_the_others_are_in(service):
    alice, bob, gone = await service.people(3)
    await service.identity.delete_user(gone.id)
    foreign = CommunicationUserIdentifier(f"8:acs:{uuid4()}_{uuid4()}")
    asked = [
        ChatParticipant(identifier=bob.id),
        ChatParticipant(identifier=gone.id, display_name="Gone"),
        ChatParticipant(identifier=foreign, display_name="Foreign"),
    ]
    created = await alice.chat.create_chat_thread("Lunch", thread_participants=asked)
    errors = {participant.display_name: error for participant, error in created.errors}
    assert errors.keys() == {"Gone", "Foreign"}
    assert errors["Gone"].code == "404"
    assert errors["Gone"].target == gone.id.raw_id
    assert errors["Foreign"].code == "403"
    assert errors["Foreign"].target == foreign.raw_id
    assert all(error.message for error in errors.values())
    listed = await items(alice.thread(created.chat_thread.id).list_participants())
    assert [participant.identifier for participant in listed] == [alice.id, bob.id]


async def test_a_malformed_identifier_fails_the_whole_call(service):
    alice, bob = await service.people(2)
    asked = [
        ChatParticipant(identifier=bob.id),
        ChatParticipant(identifier=CommunicationUserIdentifier("8:acs:invalidUserId")),
    ]
    with pytest.raises(HttpResponseError) as error:
        await alice.chat.create_chat_thread("Lunch", thread_participants=asked)
    assert error.value.status_code == 400
    assert told(error.value) == (
        "BadRequest",
        "Identifier format is invalid (8:acs:invalidUserId).",
    )
    assert await items(alice.chat.list_chat_threads()) == []


async def test_threads_are_listed_by_page_and_by_item_newest_first(service):
    alice, bob = await service.people(2)
    made = [(await alice.create_thread(f"Topic {n}", [bob]))[0] for n in range(5)]
    newest_first = made[::-1]
    pages = await by_page(alice.chat.list_chat_threads(results_per_page=2))
    assert [[thread.id for thread in page] for page in pages] == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    ]
    listed = await items(alice.chat.list_chat_threads(results_per_page=2))
    assert [thread.id for thread in listed] == newest_first
    assert [thread.topic for thread in listed] == [f"Topic {n}" for n in (4, 3, 2, 1, 0)]
    assert all(thread.deleted_on is None for thread in listed)
    for thread in listed:
        assert abs(now() - thread.last_message_received_on) < timedelta(minutes=1)
    assert len(await by_page(alice.chat.list_chat_threads())) == 1


async def test_a_message_moves_its_thread_to_the_top(service):
    alice, bob = await service.people(2)
    (first, first_client), (second, _) = [
        await alice.create_thread(topic, [bob]) for topic in ("Lunch", "Dinner")
    ]
    assert [t.id for t in await items(alice.chat.list_chat_threads())] == [second, first]
    await first_client.send_message("hello")
    assert [t.id for t in await items(alice.chat.list_chat_threads())] == [first, second]


async def test_a_start_time_leaves_out_older_threads_on_every_page(service):
    alice, bob = await service.people(2)
    await alice.create_thread("old", [bob])
    start = await a_moment_between()
    new = [(await alice.create_thread("new", [bob]))[0] for _ in range(3)]
    pages = await by_page(alice.chat.list_chat_threads(results_per_page=2, start_time=start))
    assert [[thread.id for thread in page] for page in pages] == [[new[2], new[1]], [new[0]]]
    later = start + timedelta(hours=1)
    assert await items(alice.chat.list_chat_threads(start_time=later)) == []


async def test_a_listing_goes_on_from_a_continuation_token(service):
    alice, bob = await service.people(2)
    made = [(await alice.create_thread("Lunch", [bob]))[0] for _ in range(3)]
    pages = alice.chat.list_chat_threads(results_per_page=2).by_page()
    page = await anext(pages)
    assert [thread.id async for thread in page] == [made[2], made[1]]
    rest = alice.chat.list_chat_threads(results_per_page=2)
    rest = await by_page(rest, continuation_token=pages.continuation_token)
    assert [[thread.id for thread in page] for page in rest] == [[made[0]]]


async def test_a_new_topic_is_seen_by_everybody_and_told_in_the_thread(service):
    alice, bob = await service.people(2)
    thread_id, thread = await alice.create_thread("Lunch", [bob])
    await thread.update_topic("Dinner")
    assert (await bob.thread(thread_id).get_properties()).topic == "Dinner"
    newest = (await items(thread.list_messages()))[0]
    assert newest.type == ChatMessageType.TOPIC_UPDATED
    assert newest.content.topic == "Dinner"
    assert newest.content.initiator == alice.id
    assert newest.sender is None
    # Nothing is changed, and nothing told.
    await thread.update_topic()
    assert (await thread.get_properties()).topic == "Dinner"
    assert (await items(thread.list_messages()))[0].id == newest.id


async def test_a_deleted_thread_stays_listed_and_is_closed(service):
    alice, bob = await service.people(2)
    thread_id, thread = await alice.create_thread("Lunch", [bob])
    await alice.chat.delete_chat_thread(thread_id)
    for person in (alice, bob):
        (listed,) = await items(person.chat.list_chat_threads())
        assert listed.id == thread_id
        assert abs(now() - listed.deleted_on) < timedelta(minutes=1)
    for call in (
        lambda: thread.send_message("hello"),
        lambda: items(thread.list_messages()),
        lambda: items(thread.list_participants()),
        lambda: thread.update_topic("Dinner"),
    ):
        with pytest.raises(ResourceNotFoundError):
            await call()
    await alice.chat.delete_chat_thread(thread_id)
