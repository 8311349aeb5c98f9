"""The packages as their users have them, against the emulator.

Each test runs twice, on the synchronous and on the asynchronous package. So that it is written once, the
synchronous clients are wrapped: their results can be awaited, their lists iterated with `async for`. The
calls and their arguments are those of the package.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import azure.communication.chat as chat
import azure.communication.chat.aio as chat_aio
import azure.communication.identity as identity
import azure.communication.identity.aio as identity_aio
from azure.communication.chat import ChatParticipant
from azure.core.paging import ItemPaged

CONNECTION_STRING = os.environ["COMMUNICATION_SERVICES_CONNECTION_STRING"]


class _Awaited:
    """A synchronous client with the manners of an asynchronous one."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        member = getattr(self._client, name)
        return partial(_awaited, member) if callable(member) else member


def _awaited(method, *args, **kwargs):
    result = method(*args, **kwargs)
    if isinstance(result, chat.ChatThreadClient):
        return _Awaited(result)
    if isinstance(result, ItemPaged):
        return _Pages(result)
    return _done(result)


async def _done(result):
    return result


class _Pages:
    def __init__(self, pages):
        self._pages = pages

    def by_page(self, **kwargs):
        return _ByPage(self._pages.by_page(**kwargs))

    def __aiter__(self):
        return _iterate(self._pages)


class _ByPage:
    def __init__(self, pages):
        self._pages = pages

    @property
    def continuation_token(self):
        return self._pages.continuation_token

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return _iterate(next(self._pages))
        except StopIteration:
            raise StopAsyncIteration from None


async def _iterate(items):
    for item in items:
        yield item


async def items(pages):
    """All items of a list, however many pages there are."""
    return [item async for item in pages]


async def by_page(pages, **kwargs):
    """The items of a list, page by page."""
    return [[item async for item in page] async for page in pages.by_page(**kwargs)]


def told(error):
    """Code and message of an error of the chat service.

    The packages expect another envelope, and leave both out; so they are read from the answer.
    """
    (envelope,) = json.loads(error.response.text()).values()
    fields = {name.lower(): value for name, value in envelope.items()}
    return fields["code"], fields.get("message")


def now():
    """The time on this machine, which is the emulator's too."""
    return datetime.now(UTC)


async def a_moment_between():
    """A time after all that was done so far, and before all that is done next.

    The ids of messages are their times in milliseconds, and run ahead of the clock when there is more than
    one message a millisecond. Nobody outside of the emulator can move its clock, so it is waited for.
    """
    await asyncio.sleep(0.02)
    at = now()
    await asyncio.sleep(0.02)
    return at


@dataclass
class Person:
    """A user with a token, and its chat client."""

    id: Any
    token: str
    chat: Any
    _service: Any

    def thread(self, thread_id, **options):
        """Its client of a thread, which inherits no options from the chat client."""
        return self._service.keep(self.chat.get_chat_thread_client(thread_id, **options))

    async def create_thread(self, topic="Lunch", others=(), **options):
        """A new thread, and this user's client of it."""
        participants = [ChatParticipant(identifier=other.id) for other in others]
        created = await self.chat.create_chat_thread(
            topic, thread_participants=participants, **options
        )
        assert not created.errors
        return created.chat_thread.id, self.thread(created.chat_thread.id)


class Service:
    """The clients of one package, synchronous or asynchronous."""

    def __init__(self, flavour, connection_string):
        self._connection_string = connection_string
        settings = dict(part.split("=", 1) for part in connection_string.split(";"))
        self.endpoint = settings["endpoint"].rstrip("/")
        self.access_key = settings["accesskey"]
        self.is_async = flavour == "async"
        self._clients = []
        self.identity = self.identity_client()

    def keep(self, client):
        """Remembers what has to be closed."""
        if not self.is_async and not isinstance(client, _Awaited):
            client = _Awaited(client)
        self._clients.append(client)
        return client

    def identity_client(self, key=None, **options):
        package = identity_aio if self.is_async else identity
        if key is None:
            make = package.CommunicationIdentityClient.from_connection_string
            return self.keep(make(self._connection_string, **options))
        return self.keep(package.CommunicationIdentityClient(self.endpoint, key, **options))

    def credential(self, token, **options):
        package = chat_aio if self.is_async else chat
        return package.CommunicationTokenCredential(token, **options)

    def chat_client(self, credential, **options):
        package = chat_aio if self.is_async else chat
        return self.keep(package.ChatClient(self.endpoint, credential, **options))

    async def person(self, scopes=("chat",), **options):
        """A new user with a token."""
        user, token = await self.identity.create_user_and_token(list(scopes))
        client = self.chat_client(self.credential(token.token), **options)
        return Person(user, token.token, client, self)

    async def people(self, count):
        """New users with tokens."""
        return [await self.person() for _ in range(count)]

    async def close(self):
        """Closes every client that was made."""
        for client in self._clients:
            if hasattr(client, "close"):
                await client.close()
