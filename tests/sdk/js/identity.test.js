// Users and their tokens.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CommunicationIdentityClient,
  CONNECTION_STRING,
  ENDPOINT,
  KEY,
  assertClose,
  chatClient,
  claims,
  forged,
  identity,
  person,
  refused,
  seconds,
} from "./service.js";

const MINUTE = 60_000;
const USER = /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/;
const GUID = "00000000-0000-4000-8000-000000000001";

test("a user has an id of its own", async () => {
  const one = await identity.createUser();
  const other = await identity.createUser();
  assert.match(one.communicationUserId, USER);
  assert.notEqual(one.communicationUserId, other.communicationUserId);
});

test("a user comes with a token of a day", async () => {
  const { user, token, expiresOn } = await identity.createUserAndToken(["chat"]);
  assert.match(user.communicationUserId, USER);
  assertClose(expiresOn.getTime(), Date.now() + 24 * 60 * MINUTE);
  assert.equal(claims(token).exp, Math.floor(expiresOn.getTime() / 1000));
});

test("the lifetime of a token can be chosen, from one hour to one day", async () => {
  const created = await identity.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
  assertClose(created.expiresOn.getTime(), Date.now() + 60 * MINUTE);
  const issued = await identity.getToken(created.user, ["chat"], { tokenExpiresInMinutes: 1440 });
  assertClose(issued.expiresOn.getTime(), Date.now() + 1440 * MINUTE);
  for (const tokenExpiresInMinutes of [59, 1441, 0, -1]) {
    const options = { tokenExpiresInMinutes };
    await refused(() => identity.createUserAndToken(["chat"], options), 400, "BadRequest");
    await refused(() => identity.getToken(created.user, ["chat"], options), 400, "BadRequest");
  }
});

test("a token is issued for each scope, and not for others", async () => {
  const user = await identity.createUser();
  for (const scope of ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]) {
    const { token, expiresOn } = await identity.getToken(user, [scope]);
    assert.equal(claims(token).exp, Math.floor(expiresOn.getTime() / 1000));
  }
  await identity.getToken(user, ["chat", "voip"]);
  await refused(() => identity.getToken(user, ["chatter"]), 400, "BadRequest");
  await refused(() => identity.getToken(user, []), 400, "BadRequest");
});

test("revoked tokens are refused and new ones are not", async () => {
  const alice = await person();
  await alice.createThread();
  await identity.revokeTokens(alice.id);
  await refused(() => alice.createThread(), 401, "Unauthorized");
  const { token } = await identity.getToken(alice.id, ["chat"]);
  const { chatThread } = await chatClient(token).createChatThread({ topic: "Dinner" });
  assert.equal(chatThread.topic, "Dinner");
});

test("a deleted user is refused", async () => {
  const alice = await person();
  await identity.deleteUser(alice.id);
  await refused(() => alice.createThread(), 401, "Unauthorized");
  await refused(() => identity.getToken(alice.id, ["chat"]), 404, "NotFound");
});

test("an unknown user is 404 and a malformed id 400", async () => {
  const known = await identity.createUser();
  const unknown = `${known.communicationUserId.split("_")[0]}_${GUID}`;
  for (const [communicationUserId, status, code] of [
    [unknown, 404, "NotFound"],
    ["8:acs:invalidUserId", 400, "BadRequest"],
  ]) {
    const user = { communicationUserId };
    await refused(() => identity.getToken(user, ["chat"]), status, code);
    await refused(() => identity.revokeTokens(user), status, code);
    await refused(() => identity.deleteUser(user), status, code);
  }
});

test("a Teams user's token is exchanged when it fits", async () => {
  const options = (token) => ({ teamsUserAadToken: token, clientId: GUID, userObjectId: GUID });
  const exchange = (token) => identity.getTokenForTeamsUser(options(token));
  const good = { oid: GUID, appid: GUID, exp: seconds() + 7200 };
  const { token, expiresOn } = await exchange(forged(good));
  assert.ok(expiresOn > new Date() && expiresOn <= new Date(good.exp * 1000));
  assert.equal(claims(token).exp, Math.floor(expiresOn.getTime() / 1000));
  await refused(() => exchange("no JWT"), 401, "Unauthorized");
  await refused(() => exchange(forged({ ...good, exp: 1 })), 401, "Unauthorized");
  await refused(() => exchange(forged({ ...good, oid: "another" })), 400, "BadRequest");
});

test("a client is made of a connection string or of endpoint and key", async () => {
  for (const client of [
    new CommunicationIdentityClient(CONNECTION_STRING),
    new CommunicationIdentityClient(ENDPOINT, { key: KEY }),
    new CommunicationIdentityClient(ENDPOINT.replace(/\/$/, ""), { key: KEY }),
  ]) {
    assert.match((await client.createUser()).communicationUserId, USER);
  }
});

test("another access key is 401", async () => {
  const key = Buffer.from("another key").toString("base64");
  const client = new CommunicationIdentityClient(ENDPOINT, { key });
  await refused(() => client.createUser(), 401, "Denied");
});
