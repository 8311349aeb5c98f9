"""An archive of one emulator that another serves: the package finds in both the same."""

import os
import re

import azure.communication.chat as chat
from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier

ORIGINAL = os.environ["ARCHIVED_CONNECTION_STRING"]
IMPORTED = os.environ["IMPORTED_CONNECTION_STRING"]
USERS = os.environ["ARCHIVED_USERS"].split(" ")


def client(connection_string, user):
    """The chat client of a user whose raw id is known."""
    identity = CommunicationIdentityClient.from_connection_string(connection_string)
    token = identity.get_token(CommunicationUserIdentifier(user), ["chat"]).token
    endpoint = re.match("endpoint=(.*);accesskey=", connection_string)[1]
    return chat.ChatClient(endpoint, chat.CommunicationTokenCredential(token))


def plain(value):
    """What a model holds, all the way down, without the hosts of pictures, which differ."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return re.sub(r"https://127\.0\.0\.1:\d+", "", value)
    if hasattr(value, "__dict__"):
        return plain({key: item for key, item in vars(value).items() if not key.startswith("_")})
    return value


def conversations(connection_string, user):
    """All that a user finds."""
    service = client(connection_string, user)
    found = []
    for item in service.list_chat_threads():
        thread = service.get_chat_thread_client(item.id)
        found.append(
            {
                "item": item,
                "properties": thread.get_properties(),
                "participants": list(thread.list_participants()),
                "messages": list(thread.list_messages(results_per_page=7)),
                "receipts": list(thread.list_read_receipts()),
            }
        )
    found.sort(key=lambda thread: thread["item"].id)
    return plain(found)


def test_the_same_threads_participants_messages_and_receipts_are_found_as_before():
    messages = 0
    for user in USERS:
        before = conversations(ORIGINAL, user)
        assert conversations(IMPORTED, user) == before
        assert before
        messages += sum(len(thread["messages"]) for thread in before)
    assert messages > 40
