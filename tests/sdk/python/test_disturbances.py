"""What befalls a client only now and then: an emulator of its own is told to let it happen."""

import os

import pytest
import pytest_asyncio
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from service import Service, items, told


class Control:
    """The control API of an emulator."""

    def __init__(self, url):
        self._url = url

    def post(self, path, body=None):
        answer = requests.post(self._url + path, json=body, timeout=10)
        assert answer.ok, answer.text

    def requests(self, operation):
        answer = requests.get(f"{self._url}journal?operation={operation}", timeout=10)
        assert answer.ok, answer.text
        return answer.json()["requests"]


@pytest.fixture
def control():
    control = Control(os.environ["DISTURBED_CONTROL_URL"])
    control.post("reset")
    return control


@pytest_asyncio.fixture
async def service(flavour, control):
    service = Service(flavour, os.environ["DISTURBED_CONNECTION_STRING"])
    yield service
    await service.close()


async def test_what_comes_too_often_is_429_until_the_time_is_over(service, control):
    alice = await service.person()
    thread_id, _ = await alice.create_thread()
    thread = alice.thread(thread_id, retry_total=0)
    for number in range(5):
        await thread.update_topic(f"Topic {number}")
    with pytest.raises(HttpResponseError) as error:
        await thread.update_topic("one more")
    assert error.value.status_code == 429
    assert told(error.value) == ("TooManyRequests", "Rate limit exceeded.")
    assert 1 <= int(error.value.response.headers["retry-after"]) <= 10
    assert (await thread.get_properties()).topic == "Topic 4"
    control.post("clock", {"advanceSeconds": 10})
    await thread.update_topic("one more")
    assert (await thread.get_properties()).topic == "one more"


@pytest.mark.parametrize("status", [429, 503])
async def test_the_package_waits_as_it_is_told_and_asks_again(service, control, status):
    alice = await service.person()
    thread_id, thread = await alice.create_thread()
    fault = {"kind": "status", "status": status, "operation": "getChatThreadProperties"}
    control.post("faults", {**fault, "times": 2, "retryAfter": {"seconds": 1}})
    assert (await thread.get_properties()).topic == "Lunch"
    assert len(control.requests("getChatThreadProperties")) == 3


async def test_an_error_that_stays_is_handed_on(service, control):
    alice = await service.person()
    thread_id, _ = await alice.create_thread()
    thread = alice.thread(thread_id, retry_total=0)
    fault = {"kind": "status", "status": 503, "operation": "listChatMessages"}
    control.post("faults", fault)
    with pytest.raises(HttpResponseError) as error:
        await items(thread.list_messages())
    assert error.value.status_code == 503
    unavailable = "The server is currently unable to handle the request."
    assert told(error.value) == ("ServiceUnavailable", unavailable)
    assert len(control.requests("listChatMessages")) == 1


async def test_an_expired_token_is_401(service, control):
    alice = await service.person()
    thread_id, thread = await alice.create_thread()
    control.post("clock", {"advanceSeconds": 24 * 60 * 60})
    with pytest.raises(ClientAuthenticationError) as error:
        await thread.get_properties()
    assert told(error.value)[0] == "Unauthorized"
    token = await service.identity.get_token(alice.id, ["chat"])
    client = service.chat_client(service.credential(token.token))
    assert [thread.id for thread in await items(client.list_chat_threads())] == [thread_id]
