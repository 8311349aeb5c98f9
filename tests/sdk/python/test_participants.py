"""Participants: list, add, remove; and what they may do."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from azure.communication.chat import (
    ChatMessageType,
    ChatParticipant,
    CommunicationUserIdentifier,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from service import by_page, items, told


async def test_participants_are_added_and_told(service):
    alice, bob = await service.people(2)
    since = datetime(2021, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    thread_id, thread = await alice.create_thread()
    errors = await thread.add_participants(
        [ChatParticipant(identifier=bob.id, display_name="Bob", share_history_time=since)]
    )
    assert errors == []
    listed = await items(thread.list_participants())
    assert [p.identifier for p in listed] == [alice.id, bob.id]
    assert [p.display_name for p in listed] == [None, "Bob"]
    assert listed[1].share_history_time == since.replace(microsecond=0)
    newest = (await items(thread.list_messages()))[0]
    assert newest.type == ChatMessageType.PARTICIPANT_ADDED
    (added,) = newest.content.participants
    assert (added.identifier, added.display_name) == (bob.id, "Bob")
    assert newest.content.initiator == alice.id
    assert thread_id in [t.id for t in await items(bob.chat.list_chat_threads())]


async def test_those_who_cannot_be_added_are_named_and_the_others_are_in(service):
    alice, bob, gone = await service.people(3)
    await service.identity.delete_user(gone.id)
    foreign = CommunicationUserIdentifier(f"8:acs:{uuid4()}_{uuid4()}")
    asked = [ChatParticipant(identifier=id) for id in (gone.id, bob.id, foreign)]
    _, thread = await alice.create_thread()
    errors = await thread.add_participants(asked)
    assert {(participant, error.code) for participant, error in errors} == {
        (asked[0], "404"),
        (asked[2], "403"),
    }
    assert {error.target for _, error in errors} == {gone.id.raw_id, foreign.raw_id}
    listed = await items(thread.list_participants())
    assert [participant.identifier for participant in listed] == [alice.id, bob.id]


async def test_a_malformed_identifier_fails_the_whole_call(service):
    alice, bob = await service.people(2)
    _, thread = await alice.create_thread()
    malformed = CommunicationUserIdentifier("8:acs:invalidUserId")
    asked = [ChatParticipant(identifier=id) for id in (bob.id, malformed)]
    for call in (
        lambda: thread.add_participants(asked),
        lambda: thread.remove_participant(malformed),
    ):
        with pytest.raises(HttpResponseError) as error:
            await call()
        assert error.value.status_code == 400
        assert told(error.value) == (
            "BadRequest",
            "Identifier format is invalid (8:acs:invalidUserId).",
        )
    assert len(await items(thread.list_participants())) == 1


async def test_participants_are_listed_by_page_by_item_and_from_a_position(service):
    people = await service.people(6)
    _, thread = await people[0].create_thread("Lunch", people[1:])
    ids = [person.id for person in people]
    pages = await by_page(thread.list_participants(results_per_page=4))
    assert [[p.identifier for p in page] for page in pages] == [ids[:4], ids[4:]]
    listed = await items(thread.list_participants(results_per_page=4))
    assert [p.identifier for p in listed] == ids
    pages = await by_page(thread.list_participants(results_per_page=2, skip=1))
    assert [[p.identifier for p in page] for page in pages] == [ids[1:3], ids[3:5], ids[5:]]
    assert await items(thread.list_participants(skip=6)) == []


async def test_who_is_removed_keeps_what_was_said_before_and_is_shut_out_of_the_rest(service):
    alice, bob, carol = await service.people(3)
    thread_id, thread = await alice.create_thread("Lunch", [bob, carol])
    await thread.remove_participant(bob.id)
    listed = await items(thread.list_participants())
    assert [p.identifier for p in listed] == [alice.id, carol.id]
    newest = (await items(thread.list_messages()))[0]
    assert newest.type == ChatMessageType.PARTICIPANT_REMOVED
    assert [p.identifier for p in newest.content.participants] == [bob.id]
    theirs = bob.thread(thread_id)
    for call in (
        lambda: theirs.send_message("hello"),
        lambda: theirs.update_topic("Dinner"),
        lambda: items(theirs.list_participants()),
        lambda: theirs.send_typing_notification(),
    ):
        with pytest.raises(HttpResponseError) as error:
            await call()
        assert error.value.status_code == 403
    assert [listed.id for listed in await items(bob.chat.list_chat_threads())] == [thread_id]
    await thread.send_message("He is gone.")
    assert (await items(theirs.list_messages()))[0].id == newest.id
    with pytest.raises(ResourceNotFoundError):
        await thread.remove_participant(bob.id)
    # Carol may leave of her own accord.
    await carol.thread(thread_id).remove_participant(carol.id)
    assert len(await items(thread.list_participants())) == 1


async def test_a_thread_has_250_participants_and_a_request_200(service):
    alice = await service.person()
    users = [(await service.identity.create_user()) for _ in range(250)]
    participants = [ChatParticipant(identifier=user) for user in users]
    _, thread = await alice.create_thread()
    with pytest.raises(HttpResponseError) as error:
        await thread.add_participants(participants[:201])
    assert error.value.status_code == 400
    assert await thread.add_participants(participants[:200]) == []
    assert await thread.add_participants(participants[200:249]) == []
    with pytest.raises(HttpResponseError) as error:
        await thread.add_participants(participants[249:])
    assert error.value.status_code == 400
    sizes = [len(page) for page in await by_page(thread.list_participants())]
    assert sizes == [200, 50]


async def test_a_scope_allows_what_it_says(service):
    alice, bob = await service.people(2)
    joined = await service.person(["chat.join"])
    limited = await service.person(["chat.join.limited"])
    calling = await service.person(["voip"])
    thread_id, _ = await alice.create_thread("Lunch", [joined, limited])

    async def status(call):
        try:
            await call()
        except HttpResponseError as error:
            return error.status_code
        return "done"

    async def statuses(person):
        theirs = person.thread(thread_id)
        return [
            await status(lambda: person.create_thread()),
            await status(lambda: theirs.update_topic("Dinner")),
            await status(lambda: theirs.add_participants([ChatParticipant(identifier=bob.id)])),
            await status(lambda: theirs.remove_participant(bob.id)),
            await status(lambda: theirs.send_message("hello")),
            await status(lambda: items(theirs.list_messages())),
        ]

    assert await statuses(alice) == ["done"] * 6
    assert await statuses(joined) == [403, 403, "done", "done", "done", "done"]
    assert await statuses(limited) == [403, 403, 403, 403, "done", "done"]
    assert await statuses(calling) == [403] * 6
