"""Requests of the service's package for Python, and what they cost.

python client.py OPERATION COUNT ENDPOINT TOKEN THREAD TASKS prints the CPU nanoseconds of a request, and the most
memory there was in kilobytes. One at a time they are made by the synchronous client, several at once by the
asynchronous one. Half as many again are made before.
"""

import asyncio
import sys
import time

from azure.communication.chat import ChatThreadClient, CommunicationTokenCredential
from azure.communication.chat.aio import ChatThreadClient as AsyncChatThreadClient
from azure.communication.chat.aio import (
    CommunicationTokenCredential as AsyncCommunicationTokenCredential,
)

CONTENT = "Shall we meet at noon, at the usual place?"
PAGE = 200


def send(thread):
    assert thread.send_message(CONTENT).id


def messages(thread):
    pages = thread.list_messages(results_per_page=PAGE).by_page()
    assert len(list(next(pages))) == PAGE


async def send_async(thread):
    assert (await thread.send_message(CONTENT)).id


async def messages_async(thread):
    pages = thread.list_messages(results_per_page=PAGE).by_page()
    assert len([item async for item in await anext(pages)]) == PAGE


def one_at_a_time(operation, count, endpoint, token, thread_id):
    with ChatThreadClient(
        endpoint, CommunicationTokenCredential(token), thread_id
    ) as thread:
        for _ in range(count // 2):
            operation(thread)
        before = time.process_time_ns()
        for _ in range(count):
            operation(thread)
        return (time.process_time_ns() - before) // count


async def at_once(operation, count, endpoint, token, thread_id, tasks):
    each = -(-count // tasks)

    async def repeat(times):
        for _ in range(times):
            await operation(thread)

    async with AsyncChatThreadClient(
        endpoint, AsyncCommunicationTokenCredential(token), thread_id
    ) as thread:
        await asyncio.gather(*(repeat(-(-each // 2)) for _ in range(tasks)))
        before = time.process_time_ns()
        await asyncio.gather(*(repeat(each) for _ in range(tasks)))
        return (time.process_time_ns() - before) // (each * tasks)


def peak():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM:"))


def main(operation, count, endpoint, token, thread_id, tasks):
    if tasks == "1":
        operations = {"send": send, "messages": messages}
        cpu = one_at_a_time(
            operations[operation], int(count), endpoint, token, thread_id
        )
    else:
        operations = {"send": send_async, "messages": messages_async}
        cpu = asyncio.run(
            at_once(
                operations[operation],
                int(count),
                endpoint,
                token,
                thread_id,
                int(tasks),
            )
        )
    print("cpu", cpu)
    print("peak", peak())


main(*sys.argv[1:])
