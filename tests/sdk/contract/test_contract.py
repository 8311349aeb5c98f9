"""Requests of all kinds, good and bad, made from the documents of the service; each answer is held to its
document: no 5xx, no status that is not in it, no header and no body that is not as it says."""

from collections import defaultdict

import hypothesis
import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.core import NOT_SET

from emulator import (
    CHAT_VERSION,
    ENDPOINT,
    IDENTITY_VERSION,
    MESSAGE,
    NEW_ID,
    SPEC,
    TEAMS_TOKEN,
    TEAMS_USER,
    THREAD,
    USER,
    AccessKey,
    BearerToken,
    World,
    fill_in,
    name_people,
    says_null,
)


def load(name, parameters, **checks):
    """A document, with requests of which some parameters are chosen."""
    config = schemathesis.Config.from_dict(
        {
            "dictionaries": {
                "message": {"values": [MESSAGE]},
                "ids": {"values": [NEW_ID]},
                "scopes": {"values": ["chat", "voip", "chat.join"]},
                "topics": {"values": ["Lunch", "Dinner"]},
                "kinds of messages": {"values": ["text", "html"]},
                "tokens": {"values": [TEAMS_TOKEN]},
                "guids": {"values": [TEAMS_USER]},
            },
            "parameters": parameters,
            # These are added when a request is sent: a signature depends on everything else.
            "generation": {"with-security-parameters": False},
            "checks": {
                # It wants 405, which is not in the documents.
                "unsupported_method": {"enabled": False},
                # The documents cannot say which combinations of values make sense.
                "positive_data_acceptance": {"enabled": False},
                **{name: {"enabled": enabled} for name, enabled in checks.items()},
            },
        }
    )
    return schemathesis.openapi.from_path(SPEC / f"{name}.json", config=config)


def mostly(dictionary):
    return {"dictionary": dictionary, "probability": 0.8}


chat = load(
    "chat",
    {
        "query.api-version": CHAT_VERSION,
        "path.chatThreadId": THREAD,
        "path.chatMessageId": MESSAGE,
        "header.repeatability-request-id": mostly("ids"),
        "body.topic": mostly("topics"),
        "body.chatMessageId": mostly("message"),
        "body.type": mostly("kinds of messages"),
    },
)
identity = load(
    "identity",
    {
        "query.api-version": IDENTITY_VERSION,
        "path.id": USER,
        "body.scopes[*]": mostly("scopes"),
        "body.createTokenWithScopes[*]": mostly("scopes"),
        "body.token": mostly("tokens"),
        "body.appId": mostly("guids"),
        "body.userId": mostly("guids"),
    },
)
# Nothing is chosen, so nearly all of it is refused, and mostly for its first fault.
chat_at_random = load("chat", {}, negative_data_rejection=False)
identity_at_random = load("identity", {}, negative_data_rejection=False)

world = World()
statuses = defaultdict(set)


def settings(max_examples):
    return hypothesis.settings(
        max_examples=max_examples,
        deadline=None,
        # The same requests each time.
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def send(case, things, auth):
    case.path_parameters = fill_in(case.path_parameters, things)
    case.body = fill_in(case.body, things)
    case.headers = fill_in(case.headers, things)
    # Bodies that are wrong must be refused, but for two things that the documents do not say: the other
    # clients of the service write null for what they leave out, and larger pages than there are may be
    # asked for.
    wrong_must_be_refused = case.body is not NOT_SET and not says_null(case.body)
    excluded = [] if wrong_must_be_refused else [negative_data_rejection]
    answer = case.call_and_validate(
        ENDPOINT, session=world.session, auth=auth, excluded_checks=excluded
    )
    # The library makes an exception of methods that are not in the document.
    documented = case.operation.definition.raw["responses"]
    assert str(answer.status_code) in documented, answer.text
    statuses[case.operation.label].add(answer.status_code)


@chat.parametrize()
@settings(100)
def test_chat_about_what_exists(case):
    if case.meta.generation.mode.is_positive:
        people = world.people()
        if case.path.endswith("/:remove"):
            named = name_people({"communicationIdentifier": case.body}, people)
            case.body = named["communicationIdentifier"]
        else:
            case.body = name_people(case.body, people)
    send(case, world.chat(), BearerToken(world.token))


@identity.parametrize()
@settings(100)
def test_identity_about_what_exists(case):
    send(case, world.identity(), AccessKey())


@chat_at_random.parametrize()
@settings(30)
def test_chat_at_random(case):
    send(case, {}, BearerToken(world.token))


@identity_at_random.parametrize()
@settings(30)
def test_identity_at_random(case):
    send(case, {}, AccessKey())


def test_requests_of_every_operation_were_carried_out_and_others_refused():
    """All of the above would say little if nearly everything were refused."""
    operations = [
        operation.ok().label
        for schema in (chat, identity)
        for operation in schema.get_all_operations()
    ]
    assert operations, "the documents were not read"
    for operation in operations:
        found = statuses[operation]
        assert any(status < 300 for status in found), (
            f"{operation}: no request was carried out, only {found}; name what exists in `load`"
        )
        assert any(status >= 400 for status in found), f"{operation}: none was refused, {found}"
