// Answers that are not successes, and what every answer has.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AzureCommunicationTokenCredential,
  ChatClient,
  ENDPOINT,
  chatClient,
  forged,
  identity,
  items,
  people,
  person,
  refused,
  seconds,
} from "./service.js";

const UNKNOWN = "19:00000000000000000000000000000000@thread.v2";

test("a token that nobody has issued is 401", async () => {
  const client = chatClient(forged({ exp: seconds() + 3600 }));
  const error = await refused(() => client.createChatThread({ topic: "x" }), 401, "Unauthorized");
  assert.match(error.response.headers.get("www-authenticate"), /^Bearer\b/);
  await refused(() => items(client.listChatThreads()), 401, "Unauthorized");
  await refused(() => client.deleteChatThread(UNKNOWN), 401, "Unauthorized");
  await refused(() => client.getChatThreadClient(UNKNOWN).getProperties(), 401, "Unauthorized");
});

test("who does not take part gets 403", async () => {
  const [alice, eve] = await people(2);
  const [threadId, thread] = await alice.createThread();
  const { id } = await thread.sendMessage({ content: "hello" });
  const theirs = eve.thread(threadId);
  for (const call of [
    () => theirs.getProperties(),
    () => theirs.updateTopic("Dinner"),
    () => theirs.updateProperties({ metadata: { a: "1" } }),
    () => eve.chat.deleteChatThread(threadId),
    () => theirs.sendMessage({ content: "hello" }),
    () => theirs.getMessage(id),
    () => theirs.updateMessage(id, { content: "changed" }),
    () => theirs.deleteMessage(id),
    () => items(theirs.listMessages()),
    () => items(theirs.listParticipants()),
    () => theirs.addParticipants({ participants: [{ id: eve.id }] }),
    () => theirs.removeParticipant(alice.id),
    () => items(theirs.listReadReceipts()),
    () => theirs.sendReadReceipt({ chatMessageId: id }),
    () => theirs.sendTypingNotification(),
  ]) {
    await refused(call, 403, "Forbidden");
  }
});

test("an unknown thread is 404 and a malformed id 400", async () => {
  const alice = await person();
  for (const [threadId, status, code] of [
    [UNKNOWN, 404, "NotFound"],
    ["invalid_chat_thread_id", 400, "BadRequest"],
  ]) {
    const thread = alice.thread(threadId);
    for (const call of [
      () => thread.getProperties(),
      () => thread.updateTopic("Dinner"),
      () => alice.chat.deleteChatThread(threadId),
      () => thread.sendMessage({ content: "hello" }),
      () => items(thread.listMessages()),
      () => items(thread.listParticipants()),
      () => items(thread.listReadReceipts()),
      () => thread.sendTypingNotification(),
    ]) {
      await refused(call, status, code);
    }
  }
});

test("sizes of pages and positions that are none are 400", async () => {
  const alice = await person();
  const [, thread] = await alice.createThread();
  for (const list of [
    alice.chat.listChatThreads({ maxPageSize: 0 }),
    thread.listMessages({ maxPageSize: -1 }),
    thread.listParticipants({ skip: -1 }),
    thread.listReadReceipts({ maxPageSize: 0 }),
  ]) {
    await refused(() => items(list), 400, "BadRequest");
  }
});

test("every answer says which versions there are", async () => {
  const alice = await person();
  let answer;
  await alice.chat.createChatThread({ topic: "x" }, { onResponse: (raw) => (answer = raw) });
  assert.equal(answer.status, 201);
  const { headers } = answer;
  assert.match(headers.get("api-supported-versions"), /^2021-03-07, .*\d$/);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.ok(headers.get("ms-cv"));
  const { id } = JSON.parse(answer.bodyAsText).chatThread;
  assert.equal(headers.get("location"), `${ENDPOINT}chat/threads/${id.replace(":", "%3A")}`);
  await identity.createUser({ onResponse: (raw) => (answer = raw) });
  assert.match(answer.headers.get("api-supported-versions"), /^2021-03-07, .*\d$/);
});

test("a token is refreshed before it is used", async () => {
  const user = await identity.createUser();
  let asked = 0;
  const credential = new AzureCommunicationTokenCredential({
    token: forged({ exp: seconds() - 1 }),
    tokenRefresher: async () => {
      asked += 1;
      return (await identity.getToken(user, ["chat"])).token;
    },
  });
  const client = new ChatClient(ENDPOINT, credential);
  const { chatThread } = await client.createChatThread({ topic: "Lunch" });
  assert.equal((await items(client.listChatThreads()))[0].id, chatThread.id);
  assert.equal(asked, 1);
  credential.dispose();
});
