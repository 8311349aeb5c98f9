// Messages: send, get, list, change, delete.

import assert from "node:assert/strict";
import { test } from "node:test";

import { aMomentBetween, byPage, items, people, person, rawId, refused } from "./service.js";

const ids = (messages) => messages.map(({ id }) => id);
const sequenceIds = (messages) => messages.map(({ sequenceId }) => sequenceId);
const milliseconds = (id) => Number(id);

async function aliceAndThread() {
  const alice = await person();
  const [, thread] = await alice.createThread();
  return { alice, thread };
}

/** Sends numbered messages; gives their ids. */
async function send(thread, count) {
  const sent = [];
  while (sent.length < count) {
    sent.push((await thread.sendMessage({ content: `message ${sent.length}` })).id);
  }
  return sent;
}

test("a text is sent and read", async () => {
  const { alice, thread } = await aliceAndThread();
  const { id } = await thread.sendMessage({ content: "hello" }, { senderDisplayName: "Alice" });
  const message = await thread.getMessage(id);
  assert.equal(message.id, id);
  assert.equal(message.type, "text");
  assert.equal(message.content.message, "hello");
  assert.deepEqual(message.content.attachments, []);
  assert.equal(message.content.topic, undefined);
  assert.equal(message.content.participants, undefined);
  assert.equal(rawId(message.sender), rawId(alice.id));
  assert.equal(message.senderDisplayName, "Alice");
  assert.equal(message.sequenceId, "3");
  assert.equal(message.version, id);
  assert.equal(message.createdOn.getTime(), Math.floor(milliseconds(id) / 1000) * 1000);
  for (const name of ["metadata", "editedOn", "deletedOn"]) assert.equal(message[name], undefined);
});

test("any text comes back as it was sent, html too", async () => {
  const { thread } = await aliceAndThread();
  for (const content of ["¡Hola! 你好 👋🏽", "line\r\n\tend", '"\\/<>&', "\u2028\u202e", "0"]) {
    const { id } = await thread.sendMessage({ content }, { senderDisplayName: content });
    const message = await thread.getMessage(id);
    assert.equal(message.content.message, content);
    assert.equal(message.senderDisplayName, content);
  }
  const { id } = await thread.sendMessage({ content: "<div>test</div>" }, { type: "html" });
  const message = await thread.getMessage(id);
  assert.equal(message.type, "html");
  assert.equal(message.content.message, "<div>test</div>");
  assert.equal(message.senderDisplayName, "");
});

test("types that only the system sends are refused", async () => {
  const { thread } = await aliceAndThread();
  for (const type of ["topicUpdated", "participantAdded", "participantRemoved"]) {
    await refused(() => thread.sendMessage({ content: "x" }, { type }), 400, "BadRequest");
  }
  assert.equal((await items(thread.listMessages())).length, 2);
});

test("metadata is kept and merged", async () => {
  const { thread } = await aliceAndThread();
  const metadata = { a: "1", b: "2", empty: "" };
  const { id } = await thread.sendMessage({ content: "hello" }, { metadata });
  assert.deepEqual({ ...(await thread.getMessage(id)).metadata }, metadata);
  await thread.updateMessage(id, { metadata: { a: "", b: "3", c: "4" } });
  const message = await thread.getMessage(id);
  assert.deepEqual({ ...message.metadata }, { b: "3", c: "4", empty: "" });
  assert.equal(message.content.message, "hello");
});

test("an edit moves a message to the top", async () => {
  const { thread } = await aliceAndThread();
  const [first, second] = await send(thread, 2);
  await thread.updateMessage(first, { content: "changed" });
  const message = await thread.getMessage(first);
  assert.equal(message.content.message, "changed");
  assert.ok(milliseconds(message.version) > milliseconds(message.id));
  assert.equal(message.editedOn.getTime(), Math.floor(milliseconds(message.version) / 1000) * 1000);
  const listed = await items(thread.listMessages());
  assert.deepEqual(ids(listed).slice(0, 2), [first, second]);
  assert.deepEqual(sequenceIds(listed), ["5", "4", "2", "1"]);
});

test("a deleted message stays, empty", async () => {
  const { alice, thread } = await aliceAndThread();
  const [id] = await send(thread, 1);
  await thread.updateMessage(id, { content: "changed" });
  await thread.deleteMessage(id);
  const message = await thread.getMessage(id);
  assert.equal(message.content.message, "");
  assert.equal(message.deletedOn.getTime(), Math.floor(milliseconds(message.version) / 1000) * 1000);
  assert.equal(message.editedOn, undefined);
  assert.equal(rawId(message.sender), rawId(alice.id));
  const [newest] = await items(thread.listMessages());
  assert.equal(newest.id, id);
  assert.equal(newest.sequenceId, "5");
});

test("a thread begins with two system messages", async () => {
  const [alice, bob] = await people(2);
  const [, thread] = await alice.createThread("Lunch", [bob]);
  const [topic, added, ...others] = await items(thread.listMessages());
  assert.deepEqual(others, []);
  assert.equal(topic.type, "topicUpdated");
  assert.equal(topic.content.topic, "Lunch");
  assert.equal(added.type, "participantAdded");
  const who = added.content.participants.map(({ id }) => rawId(id));
  assert.deepEqual(who, [rawId(alice.id), rawId(bob.id)]);
  for (const message of [topic, added]) {
    assert.equal(rawId(message.content.initiator), rawId(alice.id));
    for (const name of ["sender", "senderDisplayName"]) assert.equal(message[name], undefined);
    assert.equal(message.content.message, undefined);
  }
});

test("messages are listed by page and by item, newest first", async () => {
  const { thread } = await aliceAndThread();
  const sent = await send(thread, 6);
  const pages = await byPage(thread.listMessages({ maxPageSize: 3 }));
  assert.deepEqual(pages.map(sequenceIds), [["8", "7", "6"], ["5", "4", "3"], ["2", "1"]]);
  const listed = await items(thread.listMessages({ maxPageSize: 3 }));
  const users = listed.filter(({ sender }) => sender);
  assert.deepEqual(ids(users), sent.toReversed());
});

test("a page has ten messages unless asked, and two hundred at most", async () => {
  const { thread } = await aliceAndThread();
  await send(thread, 210);
  const sizes = async (options) =>
    (await byPage(thread.listMessages(options))).map(({ length }) => length);
  assert.deepEqual(await sizes({}), [...Array(21).fill(10), 2]);
  assert.deepEqual(await sizes({ maxPageSize: 201 }), [200, 12]);
});

test("a start time leaves out older messages on every page", async () => {
  const { thread } = await aliceAndThread();
  const old = await send(thread, 2);
  const startTime = await aMomentBetween();
  const sent = (await send(thread, 3)).reverse();
  const pages = await byPage(thread.listMessages({ maxPageSize: 2, startTime }));
  assert.deepEqual(pages.map(ids), [sent.slice(0, 2), sent.slice(2)]);
  await thread.updateMessage(old[0], { content: "changed" });
  assert.deepEqual(ids(await items(thread.listMessages({ startTime }))), [old[0], ...sent]);
});

test("a listing goes on from a continuation token", async () => {
  const { thread } = await aliceAndThread();
  await send(thread, 4);
  const settings = {};
  const pages = thread.listMessages({ maxPageSize: 3 }).byPage(settings);
  assert.deepEqual(sequenceIds((await pages.next()).value), ["6", "5", "4"]);
  await send(thread, 1);
  const rest = await byPage(thread.listMessages({ maxPageSize: 3 }), {
    continuationToken: settings.continuationToken,
  });
  assert.deepEqual(rest.map(sequenceIds), [["3", "2", "1"]]);
});

test("messages sent at the same time are all there", async () => {
  const { thread } = await aliceAndThread();
  const contents = Array.from({ length: 20 }, (_, n) => `${n}`);
  const sent = await Promise.all(contents.map((content) => thread.sendMessage({ content })));
  assert.equal(new Set(ids(sent)).size, 20);
  const listed = (await items(thread.listMessages({ maxPageSize: 200 }))).slice(0, 20);
  assert.deepEqual(new Set(listed.map(({ content }) => content.message)), new Set(contents));
  assert.deepEqual(sequenceIds(listed), contents.map((n) => `${22 - Number(n)}`));
});

test("only the sender changes a message", async () => {
  const [alice, bob] = await people(2);
  const [threadId, thread] = await alice.createThread("Lunch", [bob]);
  const { id } = await thread.sendMessage({ content: "hello" });
  const theirs = bob.thread(threadId);
  await refused(() => theirs.updateMessage(id, { content: "changed" }), 403, "Forbidden");
  await refused(() => theirs.deleteMessage(id), 403, "Forbidden");
  assert.equal((await theirs.getMessage(id)).content.message, "hello");
});

test("a malformed message id is 400 and an unknown one 404", async () => {
  const { thread } = await aliceAndThread();
  for (const [id, status, code] of [
    ["invalid_chat_message_id", 400, "BadRequest"],
    ["1600000000000", 404, "NotFound"],
  ]) {
    await refused(() => thread.getMessage(id), status, code);
    await refused(() => thread.deleteMessage(id), status, code);
    await refused(() => thread.updateMessage(id, { content: "changed" }), status, code);
    await refused(() => thread.sendReadReceipt({ chatMessageId: id }), status, code);
  }
});

test("a message has 28 KiB", async () => {
  const { thread } = await aliceAndThread();
  const { id } = await thread.sendMessage({ content: "x".repeat(28 * 1024) });
  assert.equal((await thread.getMessage(id)).content.message.length, 28 * 1024);
  const content = "x".repeat(28 * 1024 + 1);
  await refused(() => thread.sendMessage({ content }), 400, "BadRequest");
  await refused(() => thread.updateMessage(id, { content }), 400, "BadRequest");
});

test("history is shared from the time that was said", async () => {
  const [alice, bob] = await people(2);
  const [threadId, thread] = await alice.createThread();
  await thread.sendMessage({ content: "before" });
  const shareHistoryTime = await aMomentBetween();
  await thread.addParticipants({ participants: [{ id: bob.id, shareHistoryTime }] });
  const { id } = await thread.sendMessage({ content: "after" });
  const listed = await items(bob.thread(threadId).listMessages());
  assert.deepEqual(ids(listed.filter(({ sender }) => sender)), [id]);
  const all = await items(thread.listMessages());
  assert.equal(all.filter(({ sender }) => sender).length, 2);
});
