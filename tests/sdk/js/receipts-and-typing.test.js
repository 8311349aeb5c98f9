// Read receipts and typing notifications.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertClose, byPage, items, people, person, rawId } from "./service.js";

const senders = (receipts) => receipts.map(({ sender }) => rawId(sender));

test("a read receipt says who has read what and when", async () => {
  const [alice, bob] = await people(2);
  const [threadId, thread] = await alice.createThread("Lunch", [bob]);
  const { id } = await thread.sendMessage({ content: "hello" });
  assert.deepEqual(await items(thread.listReadReceipts()), []);
  await bob.thread(threadId).sendReadReceipt({ chatMessageId: id });
  const [receipt, ...others] = await items(thread.listReadReceipts());
  assert.deepEqual(others, []);
  assert.equal(rawId(receipt.sender), rawId(bob.id));
  assert.equal(receipt.chatMessageId, id);
  assertClose(receipt.readOn.getTime(), Date.now());
});

test("receipts are listed by page, by item and from a position", async () => {
  const everybody = await people(5);
  const [threadId, thread] = await everybody[0].createThread("Lunch", everybody.slice(1));
  const { id } = await thread.sendMessage({ content: "hello" });
  for (const one of everybody) await one.thread(threadId).sendReadReceipt({ chatMessageId: id });
  const pages = await byPage(thread.listReadReceipts({ maxPageSize: 2 }));
  assert.deepEqual(pages.map(({ length }) => length), [2, 2, 1]);
  const byItem = senders(await items(thread.listReadReceipts({ maxPageSize: 2 })));
  assert.deepEqual(byItem, senders(pages.flat()));
  assert.deepEqual(new Set(byItem), new Set(everybody.map((one) => rawId(one.id))));
  const skipped = await byPage(thread.listReadReceipts({ maxPageSize: 2, skip: 2 }));
  assert.deepEqual(skipped.map(senders), [byItem.slice(2, 4), byItem.slice(4)]);
});

test("typing is told with and without a name, and not twice in a short time", async () => {
  const alice = await person();
  const [threadId, thread] = await alice.createThread();
  assert.equal(await thread.sendTypingNotification(), true);
  assert.equal(await thread.sendTypingNotification(), false);
  const again = alice.thread(threadId);
  assert.equal(await again.sendTypingNotification({ senderDisplayName: "Alice" }), true);
});

test("large threads accept both and keep neither", async () => {
  const everybody = await people(21);
  const [, small] = await everybody[0].createThread("Lunch", everybody.slice(1, 20));
  const { id } = await small.sendMessage({ content: "hello" });
  await small.sendReadReceipt({ chatMessageId: id });
  assert.equal((await items(small.listReadReceipts())).length, 1);
  assert.equal(await small.sendTypingNotification(), true);
  const [, large] = await everybody[0].createThread("Lunch", everybody.slice(1));
  const sent = await large.sendMessage({ content: "hello" });
  await large.sendReadReceipt({ chatMessageId: sent.id });
  assert.equal(await large.sendTypingNotification(), true);
  assert.deepEqual(await items(large.listReadReceipts()), []);
});
