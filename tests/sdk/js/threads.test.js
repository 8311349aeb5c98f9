// Threads: create, list, change, delete.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import {
  aMomentBetween,
  assertClose,
  byPage,
  identity,
  items,
  people,
  person,
  rawId,
  refused,
} from "./service.js";

const ids = (threads) => threads.map(({ id }) => id);

test("a thread is created with its topic alone", async () => {
  const alice = await person();
  const { chatThread, invalidParticipants } = await alice.chat.createChatThread({ topic: "Lunch" });
  assert.match(chatThread.id, /^19:acsV2_[A-Za-z0-9_-]{43}1@thread\.v2$/);
  assert.equal(chatThread.topic, "Lunch");
  assert.equal(rawId(chatThread.createdBy), alice.id.communicationUserId);
  assertClose(chatThread.createdOn.getTime(), Date.now());
  assert.equal(chatThread.createdOn.getMilliseconds(), 0);
  assert.equal(chatThread.metadata, undefined);
  assert.equal(chatThread.deletedOn, undefined);
  assert.equal(invalidParticipants, undefined);
});

test("a thread is created with everything there is", async () => {
  const [alice, bob] = await people(2);
  const shareHistoryTime = new Date("2020-01-02T03:04:05Z");
  const { chatThread } = await alice.chat.createChatThread(
    { topic: "Lunch" },
    {
      participants: [
        { id: bob.id, displayName: "Bob", shareHistoryTime, metadata: { seat: "window" } },
      ],
      metadata: { a: "1", b: "2" },
      retentionPolicy: { kind: "threadCreationDate", deleteThreadAfterDays: 30 },
    },
  );
  const expected = {
    metadata: { a: "1", b: "2" },
    retentionPolicy: { kind: "threadCreationDate", deleteThreadAfterDays: 30 },
  };
  for (const thread of [chatThread, await alice.thread(chatThread.id).getProperties()]) {
    assert.deepEqual({ ...thread.metadata }, expected.metadata);
    assert.deepEqual({ ...thread.retentionPolicy }, expected.retentionPolicy);
  }
  const [me, other] = await items(alice.thread(chatThread.id).listParticipants());
  assert.equal(rawId(me.id), alice.id.communicationUserId);
  assert.equal(rawId(other.id), bob.id.communicationUserId);
  assert.equal(other.displayName, "Bob");
  assert.deepEqual(other.shareHistoryTime, shareHistoryTime);
  assert.deepEqual({ ...other.metadata }, { seat: "window" });
});

test("the same idempotency token gives the same thread", async () => {
  const alice = await person();
  const create = async (topic, idempotencyToken) =>
    (await alice.chat.createChatThread({ topic }, { idempotencyToken })).chatThread;
  const token = randomUUID();
  const first = await create("Lunch", token);
  const again = await create("Dinner", token);
  assert.equal(again.id, first.id);
  assert.deepEqual(again.createdOn, first.createdOn);
  const others = [await create("Lunch", randomUUID()), await create("Lunch")];
  assert.equal(new Set(ids([first, ...others])).size, 3);
  assert.equal((await items(alice.chat.listChatThreads())).length, 3);
});

test("those who cannot be added are named and the others are in", async () => {
  const [alice, bob, gone] = await people(3);
  await identity.deleteUser(gone.id);
  const foreign = { communicationUserId: `8:acs:${randomUUID()}_${randomUUID()}` };
  const others = [
    bob.id,
    gone.id,
    foreign,
    { phoneNumber: "+15551234567" },
    { microsoftTeamsUserId: randomUUID() },
    { teamsAppId: randomUUID(), cloud: "gcch" },
  ];
  const participants = others.map((id) => ({ id }));
  const created = await alice.chat.createChatThread({ topic: "Lunch" }, { participants });
  const failed = created.invalidParticipants.map(({ target, code }) => [target, code]);
  assert.deepEqual(Object.fromEntries(failed), {
    [rawId(gone.id)]: "404",
    [rawId(foreign)]: "403",
    "4:+15551234567": "403",
    [rawId(others[4])]: "403",
    [rawId(others[5])]: "403",
  });
  assert.ok(created.invalidParticipants.every(({ message }) => message));
  const listed = await items(alice.thread(created.chatThread.id).listParticipants());
  assert.deepEqual(listed.map(({ id }) => rawId(id)), [rawId(alice.id), rawId(bob.id)]);
});

test("a malformed identifier fails the whole call", async () => {
  const [alice, bob] = await people(2);
  const participants = [{ id: bob.id }, { id: { communicationUserId: "8:acs:invalidUserId" } }];
  const create = () => alice.chat.createChatThread({ topic: "Lunch" }, { participants });
  const error = await refused(create, 400, "BadRequest");
  assert.match(error.message, /Identifier format is invalid \(8:acs:invalidUserId\)\./);
  assert.deepEqual(await items(alice.chat.listChatThreads()), []);
});

test("threads are listed by page and by item, newest first", async () => {
  const [alice, bob] = await people(2);
  const made = [];
  for (const n of [0, 1, 2, 3, 4]) made.unshift((await alice.createThread(`Topic ${n}`, [bob]))[0]);
  const pages = await byPage(alice.chat.listChatThreads({ maxPageSize: 2 }));
  assert.deepEqual(pages.map(ids), [made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
  const listed = await items(alice.chat.listChatThreads({ maxPageSize: 2 }));
  assert.deepEqual(ids(listed), made);
  assert.deepEqual(listed.map(({ topic }) => topic), [4, 3, 2, 1, 0].map((n) => `Topic ${n}`));
  for (const { lastMessageReceivedOn, deletedOn } of listed) {
    assertClose(lastMessageReceivedOn.getTime(), Date.now());
    assert.equal(deletedOn, undefined);
  }
  assert.equal((await byPage(alice.chat.listChatThreads())).length, 1);
});

test("a start time leaves out older threads on every page", async () => {
  const [alice, bob] = await people(2);
  await alice.createThread("old", [bob]);
  const startTime = await aMomentBetween();
  const made = [];
  for (const _ of [0, 1, 2]) made.unshift((await alice.createThread("new", [bob]))[0]);
  const pages = await byPage(alice.chat.listChatThreads({ maxPageSize: 2, startTime }));
  assert.deepEqual(pages.map(ids), [made.slice(0, 2), made.slice(2)]);
  const later = new Date(Date.now() + 3_600_000);
  assert.deepEqual(await items(alice.chat.listChatThreads({ startTime: later })), []);
});

test("a listing goes on from a continuation token", async () => {
  const [alice, bob] = await people(2);
  const made = [];
  for (const _ of [0, 1, 2]) made.unshift((await alice.createThread("Lunch", [bob]))[0]);
  const settings = {};
  const pages = alice.chat.listChatThreads({ maxPageSize: 2 }).byPage(settings);
  assert.deepEqual(ids((await pages.next()).value), made.slice(0, 2));
  const rest = await byPage(alice.chat.listChatThreads({ maxPageSize: 2 }), {
    continuationToken: settings.continuationToken,
  });
  assert.deepEqual(rest.map(ids), [made.slice(2)]);
});

test("topic, metadata and retention policy are changed each for itself", async () => {
  const [alice, bob] = await people(2);
  const [id, thread] = await alice.createThread("Lunch", [bob]);
  const properties = async () => {
    const { topic, metadata, retentionPolicy } = await bob.thread(id).getProperties();
    return JSON.parse(JSON.stringify({ topic, metadata, retentionPolicy }));
  };
  await thread.updateTopic("Dinner");
  assert.equal((await properties()).topic, "Dinner");
  const [newest] = await items(thread.listMessages());
  assert.equal(newest.type, "topicUpdated");
  assert.equal(newest.content.topic, "Dinner");
  assert.equal(rawId(newest.content.initiator), rawId(alice.id));

  await thread.updateProperties({ metadata: { a: "1", b: "2" } });
  await thread.updateProperties({ metadata: { b: "3", c: "4" } });
  const days = { kind: "threadCreationDate", deleteThreadAfterDays: 90 };
  await thread.updateProperties({ retentionPolicy: days });
  const metadata = { a: "1", b: "3", c: "4" };
  assert.deepEqual(await properties(), { topic: "Dinner", metadata, retentionPolicy: days });
  await thread.updateProperties({ topic: "Tea", retentionPolicy: { kind: "none" } });
  const changed = { topic: "Tea", metadata, retentionPolicy: { kind: "none" } };
  assert.deepEqual(await properties(), changed);
  await thread.updateProperties();
  assert.deepEqual(await properties(), changed);
});

test("limits of metadata and retention are enforced", async () => {
  const alice = await person();
  const [, thread] = await alice.createThread();
  for (const deleteThreadAfterDays of [29, 91]) {
    const retentionPolicy = { kind: "threadCreationDate", deleteThreadAfterDays };
    await refused(() => thread.updateProperties({ retentionPolicy }), 400, "BadRequest");
    const create = () => alice.chat.createChatThread({ topic: "Lunch" }, { retentionPolicy });
    await refused(create, 400, "BadRequest");
  }
  const metadata = { key: "x".repeat(1024) };
  await refused(() => thread.updateProperties({ metadata }), 400, "BadRequest");
  await refused(() => alice.chat.createChatThread({ topic: "Lunch" }, { metadata }), 400);
  await refused(() => alice.chat.createChatThread({ topic: "" }), 400, "BadRequest");
});

test("a deleted thread stays listed and is closed", async () => {
  const [alice, bob] = await people(2);
  const [id, thread] = await alice.createThread("Lunch", [bob]);
  await alice.chat.deleteChatThread(id);
  for (const { chat } of [alice, bob]) {
    const [listed, ...others] = await items(chat.listChatThreads());
    assert.equal(listed.id, id);
    assertClose(listed.deletedOn.getTime(), Date.now());
    assert.deepEqual(others, []);
  }
  assertClose((await thread.getProperties()).deletedOn.getTime(), Date.now());
  await refused(() => thread.sendMessage({ content: "hello" }), 404, "NotFound");
  await refused(() => items(thread.listMessages()), 404, "NotFound");
  await refused(() => thread.updateTopic("Dinner"), 404, "NotFound");
  await alice.chat.deleteChatThread(id);
});
