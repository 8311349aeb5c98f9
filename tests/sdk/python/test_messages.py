"""Messages: send, get, list, change, delete."""

import asyncio
from datetime import timedelta, timezone

import pytest
from azure.communication.chat import ChatMessageType, ChatParticipant
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from service import a_moment_between, by_page, items, told


@pytest.fixture
async def alice_and_thread(service):
    alice = await service.person()
    _, thread = await alice.create_thread()
    return alice, thread


async def send(thread, count):
    """Sends numbered messages; gives their ids."""
    return [(await thread.send_message(f"message {n}")).id for n in range(count)]


async def test_a_text_is_sent_and_read(alice_and_thread):
    alice, thread = alice_and_thread
    sent = await thread.send_message("hello", sender_display_name="Alice")
    message = await thread.get_message(sent.id)
    assert message.id == sent.id
    assert message.type == ChatMessageType.TEXT
    assert message.content.message == "hello"
    assert message.content.attachments == []
    assert message.content.participants == []
    assert message.content.topic is None
    assert message.sender == alice.id
    assert message.sender_display_name == "Alice"
    assert message.sequence_id == "3"
    assert message.version == message.id
    assert message.created_on.timestamp() == int(message.id) // 1000
    assert message.metadata is None
    assert message.edited_on is None
    assert message.deleted_on is None


async def test_any_text_comes_back_as_it_was_sent(alice_and_thread):
    _, thread = alice_and_thread
    for text in ("¡Hola! 你好 👋🏽", "line\r\n\tend", '"\\/<>&', "\u2028\u202e", "0"):
        sent = await thread.send_message(text, sender_display_name=text)
        message = await thread.get_message(sent.id)
        assert message.content.message == text
        assert message.sender_display_name == text


@pytest.mark.parametrize("type", [ChatMessageType.HTML, "html", "HTML"])
async def test_html_comes_back_as_it_was_sent(alice_and_thread, type):
    _, thread = alice_and_thread
    sent = await thread.send_message("<div>test</div>", chat_message_type=type)
    message = await thread.get_message(sent.id)
    assert message.type == ChatMessageType.HTML
    assert message.content.message == "<div>test</div>"
    assert message.sender_display_name == ""


async def test_metadata_is_kept_and_merged(alice_and_thread):
    _, thread = alice_and_thread
    sent = await thread.send_message("hello", metadata={"a": "1", "b": "2", "empty": ""})
    assert (await thread.get_message(sent.id)).metadata == {"a": "1", "b": "2", "empty": ""}
    await thread.update_message(sent.id, metadata={"a": "", "b": "3", "c": "4"})
    message = await thread.get_message(sent.id)
    assert message.metadata == {"b": "3", "c": "4", "empty": ""}
    assert message.content.message == "hello"


async def test_an_edit_moves_a_message_to_the_top(alice_and_thread):
    _, thread = alice_and_thread
    first, second = await send(thread, 2)
    await thread.update_message(first, "changed")
    message = await thread.get_message(first)
    assert message.content.message == "changed"
    assert message.sequence_id == "5"
    assert int(message.version) > int(message.id)
    assert message.edited_on.timestamp() == int(message.version) // 1000
    assert message.created_on.timestamp() == int(message.id) // 1000
    listed = await items(thread.list_messages())
    assert [m.id for m in listed][:2] == [first, second]
    assert [m.sequence_id for m in listed] == ["5", "4", "2", "1"]


async def test_a_deleted_message_stays_empty(alice_and_thread):
    alice, thread = alice_and_thread
    (sent,) = await send(thread, 1)
    await thread.update_message(sent, "changed")
    await thread.delete_message(sent)
    message = await thread.get_message(sent)
    assert message.content.message == ""
    assert message.deleted_on.timestamp() == int(message.version) // 1000
    assert message.edited_on is None
    assert message.sender == alice.id
    assert message.sequence_id == "5"
    assert (await items(thread.list_messages()))[0].id == sent


async def test_a_thread_begins_with_two_system_messages(service):
    alice, bob = await service.people(2)
    _, thread = await alice.create_thread("Lunch", [bob])
    topic, added = await items(thread.list_messages())
    assert topic.type == ChatMessageType.TOPIC_UPDATED
    assert topic.content.topic == "Lunch"
    assert added.type == ChatMessageType.PARTICIPANT_ADDED
    assert [p.identifier for p in added.content.participants] == [alice.id, bob.id]
    for message in (topic, added):
        assert message.content.initiator == alice.id
        assert message.content.message is None
        assert message.sender is None
        assert message.sender_display_name is None
    assert [topic.sequence_id, added.sequence_id] == ["2", "1"]


async def test_messages_are_listed_by_page_and_by_item_newest_first(alice_and_thread):
    _, thread = alice_and_thread
    sent = await send(thread, 6)
    pages = await by_page(thread.list_messages(results_per_page=3))
    assert [[m.sequence_id for m in page] for page in pages] == [
        ["8", "7", "6"],
        ["5", "4", "3"],
        ["2", "1"],
    ]
    listed = await items(thread.list_messages(results_per_page=3))
    assert [m.id for m in listed if m.sender] == sent[::-1]
    assert [m.content.message for m in listed if m.sender] == [
        f"message {n}" for n in (5, 4, 3, 2, 1, 0)
    ]


async def test_a_page_has_ten_messages_unless_asked_and_two_hundred_at_most(alice_and_thread):
    _, thread = alice_and_thread
    await send(thread, 210)
    sizes = [len(page) for page in await by_page(thread.list_messages())]
    assert sizes == [10] * 21 + [2]
    sizes = [len(page) for page in await by_page(thread.list_messages(results_per_page=201))]
    assert sizes == [200, 12]


async def test_a_start_time_leaves_out_older_messages_on_every_page(alice_and_thread):
    _, thread = alice_and_thread
    old = await send(thread, 2)
    start = await a_moment_between()
    new = await send(thread, 3)
    elsewhere = start.astimezone(timezone(timedelta(hours=5, minutes=30)))
    for at in (start, elsewhere):
        pages = await by_page(thread.list_messages(results_per_page=2, start_time=at))
        assert [[m.id for m in page] for page in pages] == [[new[2], new[1]], [new[0]]]
    # What has changed since counts as new.
    await thread.update_message(old[0], "changed")
    listed = await items(thread.list_messages(start_time=start))
    assert [m.id for m in listed] == [old[0], *new[::-1]]


async def test_a_listing_goes_on_from_a_continuation_token(alice_and_thread):
    _, thread = alice_and_thread
    sent = await send(thread, 4)
    pages = thread.list_messages(results_per_page=3).by_page()
    page = [m.id async for m in await anext(pages)]
    assert page == sent[:0:-1]
    await send(thread, 1)
    rest = thread.list_messages(results_per_page=3)
    rest = await by_page(rest, continuation_token=pages.continuation_token)
    assert [[m.sequence_id for m in page] for page in rest] == [["3", "2", "1"]]


@pytest.mark.parametrize("flavour", ["async"])
async def test_messages_sent_at_the_same_time_are_all_there(alice_and_thread):
    _, thread = alice_and_thread
    sent = await asyncio.gather(*(thread.send_message(f"{n}") for n in range(20)))
    assert len({message.id for message in sent}) == 20
    listed = [m for m in await items(thread.list_messages(results_per_page=200)) if m.sender]
    assert {m.content.message for m in listed} == {f"{n}" for n in range(20)}
    assert [int(m.sequence_id) for m in listed] == list(range(22, 2, -1))


async def test_only_the_sender_changes_a_message(service):
    alice, bob = await service.people(2)
    thread_id, thread = await alice.create_thread("Lunch", [bob])
    sent = await thread.send_message("hello")
    theirs = bob.thread(thread_id)
    for call in (
        lambda: theirs.update_message(sent.id, "changed"),
        lambda: theirs.delete_message(sent.id),
    ):
        with pytest.raises(HttpResponseError) as error:
            await call()
        assert error.value.status_code == 403
        assert told(error.value)[0] == "Forbidden"
    assert (await theirs.get_message(sent.id)).content.message == "hello"


async def test_a_malformed_message_id_is_400_and_an_unknown_one_404(alice_and_thread):
    _, thread = alice_and_thread
    for call in (
        thread.get_message,
        thread.delete_message,
        lambda id: thread.update_message(id, "changed"),
        thread.send_read_receipt,
    ):
        with pytest.raises(HttpResponseError) as error:
            await call("invalid_chat_message_id")
        assert error.value.status_code == 400
        expected = "Value for MessageId (invalid_chat_message_id) is not valid."
        assert told(error.value) == ("BadRequest", expected)
        with pytest.raises(ResourceNotFoundError) as error:
            await call("1600000000000")
        assert told(error.value) == ("NotFound", None)


async def test_a_message_has_28_kib(alice_and_thread):
    _, thread = alice_and_thread
    sent = await thread.send_message("x" * 28 * 1024)
    assert len((await thread.get_message(sent.id)).content.message) == 28 * 1024
    for call in (
        lambda: thread.send_message("x" * (28 * 1024 + 1)),
        lambda: thread.update_message(sent.id, "ä" * (14 * 1024 + 1)),
        lambda: thread.send_message("x", metadata={"key": "x" * 28 * 1024}),
    ):
        with pytest.raises(HttpResponseError) as error:
            await call()
        assert error.value.status_code == 400


async def test_history_is_shared_from_the_time_that_was_said(service):
    alice, bob = await service.people(2)
    thread_id, thread = await alice.create_thread()
    await thread.send_message("before")
    since = await a_moment_between()
    await thread.add_participants([ChatParticipant(identifier=bob.id, share_history_time=since)])
    sent = await thread.send_message("after")
    listed = await items(bob.thread(thread_id).list_messages())
    assert [m.id for m in listed if m.sender] == [sent.id]
    assert len([m for m in await items(thread.list_messages()) if m.sender]) == 2
