"""The emulator, and what exists there when a request is tried."""

import base64
import hashlib
import hmac
import json
import os
import time
import zlib
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import requests
from requests.auth import AuthBase

_SETTINGS = dict(
    part.split("=", 1) for part in os.environ["COMMUNICATION_SERVICES_CONNECTION_STRING"].split(";")
)
ENDPOINT = _SETTINGS["endpoint"].rstrip("/")
SPEC = Path(__file__).parents[3] / "spec"
CHAT_VERSION, IDENTITY_VERSION = (
    json.loads((SPEC / f"{name}.json").read_text())["info"]["version"]
    for name in ("chat", "identity")
)

# What stands in a generated request for something that exists when the request is sent.
USER, THREAD, MESSAGE = "a-user", "a-thread", "a-message"
TEAMS_USER, TEAMS_TOKEN, NEW_ID = "a-teams-user", "a-teams-token", "a-new-id"


class AccessKey(AuthBase):
    """Signs a request as it is sent."""

    _key = base64.b64decode(_SETTINGS["accesskey"])

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        date = formatdate(usegmt=True)
        host = urlsplit(request.url).netloc
        text = f"{request.method}\n{request.path_url}\n{date};{host};{digest}"
        signature = base64.b64encode(hmac.new(self._key, text.encode(), "sha256").digest()).decode()
        request.headers["x-ms-date"] = date
        request.headers["x-ms-content-sha256"] = digest
        request.headers["Authorization"] = (
            f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        )
        return request


class BearerToken(AuthBase):
    """Adds a user's token to a request."""

    def __init__(self, token):
        self._token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


_TEAMS_USER = "00000000-0000-4000-8000-000000000001"


def _entra_token(claims):
    """A token as of Microsoft Entra, whose signature nobody checks."""
    parts = (json.dumps(part).encode() for part in ({"alg": "RS256"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".AA"


class World:
    """Users, and a thread with messages and receipts."""

    def __init__(self):
        self.session = requests.Session()
        self.user, self.token = self._create_user()
        self.other_user, _ = self._create_user()

    def _call(self, method, path, version, body, auth):
        url = f"{ENDPOINT}{path}?api-version={version}"
        answer = self.session.request(method, url, json=body, auth=auth)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def _create_user(self):
        scopes = {"createTokenWithScopes": ["chat"]}
        made = self._call("POST", "/identities", IDENTITY_VERSION, scopes, AccessKey())
        return made["identity"]["id"], made["accessToken"]["token"]

    def _chat(self, method, path, body):
        return self._call(method, path, CHAT_VERSION, body, BearerToken(self.token))

    def chat(self):
        """What a request to the chat API may name: a new thread and a message in it."""
        others = [{"communicationIdentifier": {"rawId": self.other_user}}]
        made = self._chat("POST", "/chat/threads", {"topic": "Lunch", "participants": others})
        thread = made["chatThread"]["id"]
        path = f"/chat/threads/{quote(thread, safe='')}"
        sent = [self._chat("POST", f"{path}/messages", {"content": text})["id"] for text in "ab"]
        self._chat("POST", f"{path}/readReceipts", {"chatMessageId": sent[0]})
        return {
            THREAD: thread,
            MESSAGE: sent[1],
            NEW_ID: str(uuid4()),
        }

    def people(self):
        """Whom a request to the chat API may name; None stands for whom it names of itself."""
        new = self._create_user()[0]
        unknown = f"{new.split('_')[0]}_{uuid4()}"
        foreign = f"8:acs:{uuid4()}_{uuid4()}"
        return [
            None,
            {"rawId": new},
            {"communicationUser": {"id": new}},
            {"kind": "communicationUser", "rawId": new, "communicationUser": {"id": new}},
            {"rawId": self.other_user},
            {"rawId": self.user},
            {"rawId": unknown},
            {"communicationUser": {"id": foreign}},
            {"phoneNumber": {"value": "+15551234567"}},
            {"microsoftTeamsUser": {"userId": str(uuid4()), "cloud": "gcch"}},
        ]

    def identity(self):
        """What a request to the identity API may name: a new user, and one of Teams with a token."""
        return {
            USER: self._create_user()[0],
            TEAMS_USER: _TEAMS_USER,
            TEAMS_TOKEN: _entra_token({"exp": int(time.time()) + 7200, "oid": _TEAMS_USER}),
        }


def fill_in(value, things):
    """Puts what exists in the place of what stands for it."""
    if isinstance(value, dict):
        return {name: fill_in(item, things) for name, item in value.items()}
    if isinstance(value, list):
        return [fill_in(item, things) for item in value]
    if isinstance(value, str):
        return things.get(value, value)
    return value


def name_people(value, people):
    """Lets identifiers name somebody, as nobody is named by one that is made at random."""
    if isinstance(value, list):
        return [name_people(item, people) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: name_people(item, people) for name, item in value.items()}
    identifier = value.get("communicationIdentifier")
    if isinstance(identifier, dict):
        # The same one each time, so that a failure can be found again.
        number = zlib.crc32(json.dumps(identifier, sort_keys=True).encode())
        value["communicationIdentifier"] = people[number % len(people)] or identifier
    return value


def says_null(value):
    """Whether there is a null anywhere in a body."""
    if isinstance(value, dict):
        value = list(value.values())
    return value is None or (isinstance(value, list) and any(map(says_null, value)))
