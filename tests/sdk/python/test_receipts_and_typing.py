"""Read receipts and typing notifications."""

from datetime import timedelta

from service import by_page, items, now


async def test_a_read_receipt_says_who_has_read_what_and_when(service):
    alice, bob = await service.people(2)
    thread_id, thread = await alice.create_thread("Lunch", [bob])
    sent = await thread.send_message("hello")
    assert await items(thread.list_read_receipts()) == []
    assert await bob.thread(thread_id).send_read_receipt(sent.id) is None
    (receipt,) = await items(thread.list_read_receipts())
    assert receipt.sender == bob.id
    assert receipt.chat_message_id == sent.id
    assert abs(now() - receipt.read_on) < timedelta(minutes=1)


async def test_receipts_are_listed_by_page_by_item_and_from_a_position(service):
    people = await service.people(5)
    thread_id, thread = await people[0].create_thread("Lunch", people[1:])
    sent = await thread.send_message("hello")
    for person in people:
        await person.thread(thread_id).send_read_receipt(sent.id)
    ids = {person.id.raw_id for person in people}

    def senders(receipts):
        return [receipt.sender.raw_id for receipt in receipts]

    pages = await by_page(thread.list_read_receipts(results_per_page=2))
    assert [len(page) for page in pages] == [2, 2, 1]
    by_item = senders(await items(thread.list_read_receipts(results_per_page=2)))
    assert by_item == senders(receipt for page in pages for receipt in page)
    assert len(by_item) == 5
    assert set(by_item) == ids
    pages = await by_page(thread.list_read_receipts(results_per_page=2, skip=2))
    assert [senders(page) for page in pages] == [by_item[2:4], by_item[4:]]


async def test_typing_is_told_with_and_without_a_name(service):
    alice = await service.person()
    _, thread = await alice.create_thread()
    assert await thread.send_typing_notification() is None
    assert await thread.send_typing_notification(sender_display_name="Alice") is None


async def test_large_threads_accept_both_and_keep_neither(service):
    people = await service.people(21)
    _, thread = await people[0].create_thread("Lunch", people[1:20])
    sent = await thread.send_message("hello")
    await thread.send_read_receipt(sent.id)
    await thread.send_typing_notification()
    assert len(await items(thread.list_read_receipts())) == 1
    _, thread = await people[0].create_thread("Lunch", people[1:])
    sent = await thread.send_message("hello")
    await thread.send_read_receipt(sent.id)
    await thread.send_typing_notification()
    assert await items(thread.list_read_receipts()) == []
