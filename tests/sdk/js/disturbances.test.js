// What befalls a client only now and then: an emulator of its own is told to let it happen.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  AzureCommunicationTokenCredential,
  ChatClient,
  CommunicationIdentityClient,
  items,
  refused,
} from "./service.js";

const CONNECTION_STRING = process.env.DISTURBED_CONNECTION_STRING;
const CONTROL = process.env.DISTURBED_CONTROL_URL;
const [, ENDPOINT] = /^endpoint=(.*);accesskey=/.exec(CONNECTION_STRING);
const NO_RETRIES = { retryOptions: { maxRetries: 0 } };

const identity = new CommunicationIdentityClient(CONNECTION_STRING);

async function control(path, body) {
  const answer = await fetch(`${CONTROL}${path}`, { method: "POST", body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
}

async function requests(operation) {
  const answer = await fetch(`${CONTROL}journal?operation=${operation}`);
  return (await answer.json()).requests;
}

function chatClient(token, options) {
  const credential = new AzureCommunicationTokenCredential(token);
  return new ChatClient(ENDPOINT, credential, options);
}

/** A new user's client of a new thread. */
async function newThread(options) {
  const { user, token } = await identity.createUserAndToken(["chat"]);
  const client = chatClient(token, options);
  const { chatThread } = await client.createChatThread({ topic: "Lunch" });
  return { user, threadId: chatThread.id, thread: client.getChatThreadClient(chatThread.id) };
}

beforeEach(() => control("reset"));

test("what comes too often is 429 until the time is over", async () => {
  const { thread } = await newThread(NO_RETRIES);
  for (const n of [0, 1, 2, 3, 4]) await thread.updateTopic(`Topic ${n}`);
  const error = await refused(() => thread.updateTopic("one more"), 429, "TooManyRequests");
  const seconds = Number(error.response.headers.get("retry-after"));
  assert.ok(seconds >= 1 && seconds <= 10, `${seconds}`);
  assert.equal((await thread.getProperties()).topic, "Topic 4");
  await control("clock", { advanceSeconds: 10 });
  await thread.updateTopic("one more");
  assert.equal((await thread.getProperties()).topic, "one more");
});

test("the package waits as it is told and asks again", async () => {
  for (const status of [429, 503]) {
    await control("reset");
    const { thread } = await newThread();
    const fault = { kind: "status", status, operation: "getChatThreadProperties" };
    await control("faults", { ...fault, times: 2, retryAfter: { seconds: 1 } });
    assert.equal((await thread.getProperties()).topic, "Lunch");
    assert.equal((await requests("getChatThreadProperties")).length, 3);
  }
});

test("an error that stays is handed on", async () => {
  const { thread } = await newThread(NO_RETRIES);
  await control("faults", { kind: "status", status: 503, operation: "listChatMessages" });
  const error = await refused(() => items(thread.listMessages()), 503);
  assert.ok(error.message);
  assert.equal((await requests("listChatMessages")).length, 1);
});

test("an expired token is 401", async () => {
  const { user, threadId, thread } = await newThread();
  await control("clock", { advanceSeconds: 24 * 60 * 60 });
  await refused(() => thread.getProperties(), 401, "Unauthorized");
  const { token } = await identity.getToken(user, ["chat"]);
  const listed = await items(chatClient(token).listChatThreads());
  assert.deepEqual(listed.map(({ id }) => id), [threadId]);
});
