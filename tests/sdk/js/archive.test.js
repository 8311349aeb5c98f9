// An archive of one emulator that another serves: the package finds in both the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { at, items } from "./service.js";

const original = at(process.env.ARCHIVED_CONNECTION_STRING);
const imported = at(process.env.IMPORTED_CONNECTION_STRING);
const users = process.env.ARCHIVED_USERS.split(" ");

/** A copy in which pictures have no host, which is another for each emulator. */
function plain(value) {
  const text = JSON.stringify(value);
  return JSON.parse(text.replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, ""));
}

/** All that a user finds. */
async function conversations(service, user) {
  const chat = await service.chatOf(user);
  const threads = await items(chat.listChatThreads());
  const found = [];
  for (const item of threads) {
    const thread = chat.getChatThreadClient(item.id);
    found.push({
      item,
      properties: await thread.getProperties(),
      participants: await items(thread.listParticipants()),
      messages: await items(thread.listMessages({ maxPageSize: 7 })),
      receipts: await items(thread.listReadReceipts()),
    });
  }
  found.sort((one, other) => one.item.id.localeCompare(other.item.id));
  return plain(found);
}

test("the same threads, participants, messages and receipts are found as before", async () => {
  let messages = 0;
  for (const user of users) {
    const before = await conversations(original, user);
    assert.deepEqual(await conversations(imported, user), before);
    assert.ok(before.length > 0);
    messages += before.flatMap((thread) => thread.messages).length;
  }
  assert.ok(messages > 40, `${messages} messages`);
});

test("a conversation goes on where the archive ends", async () => {
  const chat = await imported.chatOf(users[0]);
  const [{ id }] = await items(chat.listChatThreads());
  const thread = chat.getChatThreadClient(id);
  const [newest] = await items(thread.listMessages());
  const sent = await thread.sendMessage({ content: "still here" });
  const [message] = await items(thread.listMessages());
  assert.equal(message.id, sent.id);
  assert.equal(Number(message.sequenceId), Number(newest.sequenceId) + 1);
});
