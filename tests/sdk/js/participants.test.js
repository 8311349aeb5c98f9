// Participants: list, add, remove; and what they may do.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { byPage, identity, items, people, person, rawId, refused } from "./service.js";

const rawIds = (list) => list.map(({ id }) => rawId(id));

test("participants are added and told", async () => {
  const [alice, bob] = await people(2);
  const shareHistoryTime = new Date("2021-05-06T07:08:09Z");
  const [threadId, thread] = await alice.createThread();
  const bobs = { id: bob.id, displayName: "Bob", shareHistoryTime, metadata: { seat: "window" } };
  const result = await thread.addParticipants({ participants: [bobs] });
  assert.equal(result.invalidParticipants, undefined);
  const listed = await items(thread.listParticipants());
  assert.deepEqual(rawIds(listed), rawIds([alice, bob]));
  assert.equal(listed[0].displayName, undefined);
  assert.equal(listed[1].displayName, "Bob");
  assert.deepEqual(listed[1].shareHistoryTime, shareHistoryTime);
  assert.deepEqual({ ...listed[1].metadata }, { seat: "window" });
  const [newest] = await items(thread.listMessages());
  assert.equal(newest.type, "participantAdded");
  assert.deepEqual(rawIds(newest.content.participants), [rawId(bob.id)]);
  assert.equal(rawId(newest.content.initiator), rawId(alice.id));
  assert.deepEqual((await items(bob.chat.listChatThreads())).map(({ id }) => id), [threadId]);
});

test("those who cannot be added are named and the others are in", async () => {
  const [alice, bob, gone] = await people(3);
  await identity.deleteUser(gone.id);
  const foreign = { communicationUserId: `8:acs:${randomUUID()}_${randomUUID()}` };
  const [, thread] = await alice.createThread();
  const participants = [gone.id, bob.id, foreign, { phoneNumber: "+15551234567" }];
  const result = await thread.addParticipants({ participants: participants.map((id) => ({ id })) });
  const failed = result.invalidParticipants.map(({ target, code }) => [target, code]);
  assert.deepEqual(Object.fromEntries(failed), {
    [rawId(gone.id)]: "404",
    [rawId(foreign)]: "403",
    "4:+15551234567": "403",
  });
  assert.deepEqual(rawIds(await items(thread.listParticipants())), rawIds([alice, bob]));
});

test("a malformed identifier fails the whole call", async () => {
  const [alice, bob] = await people(2);
  const [, thread] = await alice.createThread();
  const malformed = { communicationUserId: "8:acs:invalidUserId" };
  const participants = [{ id: bob.id }, { id: malformed }];
  await refused(() => thread.addParticipants({ participants }), 400, "BadRequest");
  await refused(() => thread.addParticipants({ participants: [] }), 400, "BadRequest");
  await refused(() => thread.removeParticipant(malformed), 400, "BadRequest");
  assert.equal((await items(thread.listParticipants())).length, 1);
});

test("participants are listed by page, by item and from a position", async () => {
  const everybody = await people(6);
  const [, thread] = await everybody[0].createThread("Lunch", everybody.slice(1));
  const expected = rawIds(everybody);
  const pages = await byPage(thread.listParticipants({ maxPageSize: 4 }));
  assert.deepEqual(pages.map(rawIds), [expected.slice(0, 4), expected.slice(4)]);
  assert.deepEqual(rawIds(await items(thread.listParticipants({ maxPageSize: 4 }))), expected);
  const skipped = await byPage(thread.listParticipants({ maxPageSize: 2, skip: 1 }));
  assert.deepEqual(skipped.map(rawIds), [
    expected.slice(1, 3),
    expected.slice(3, 5),
    expected.slice(5),
  ]);
  assert.deepEqual(await items(thread.listParticipants({ skip: 6 })), []);
});

test("who is removed keeps what was said before and is shut out of the rest", async () => {
  const [alice, bob, carol] = await people(3);
  const [threadId, thread] = await alice.createThread("Lunch", [bob, carol]);
  await thread.removeParticipant(bob.id);
  assert.deepEqual(rawIds(await items(thread.listParticipants())), rawIds([alice, carol]));
  const [newest] = await items(thread.listMessages());
  assert.equal(newest.type, "participantRemoved");
  assert.deepEqual(rawIds(newest.content.participants), [rawId(bob.id)]);
  const theirs = bob.thread(threadId);
  await refused(() => theirs.sendMessage({ content: "hello" }), 403, "Forbidden");
  await refused(() => theirs.updateTopic("Dinner"), 403, "Forbidden");
  await refused(() => items(theirs.listParticipants()), 403, "Forbidden");
  await thread.sendMessage({ content: "He is gone." });
  assert.equal((await items(theirs.listMessages()))[0].id, newest.id);
  assert.deepEqual((await items(bob.chat.listChatThreads())).map(({ id }) => id), [threadId]);
  await refused(() => thread.removeParticipant(bob.id), 404, "NotFound");
  await carol.thread(threadId).removeParticipant(carol.id);
  assert.deepEqual(rawIds(await items(thread.listParticipants())), [rawId(alice.id)]);
});

test("a scope allows what it says", async () => {
  const [alice, bob] = await people(2);
  const joined = await person(["chat.join"]);
  const limited = await person(["chat.join.limited"]);
  const calling = await person(["voip"]);
  const [threadId] = await alice.createThread("Lunch", [joined, limited]);
  const statuses = async (who) => {
    const thread = who.thread(threadId);
    const calls = [
      () => who.createThread(),
      () => thread.updateTopic("Dinner"),
      () => thread.addParticipants({ participants: [{ id: bob.id }] }),
      () => thread.removeParticipant(bob.id),
      () => thread.sendMessage({ content: "hello" }),
      () => items(thread.listMessages()),
    ];
    const found = [];
    for (const call of calls) {
      found.push(await call().then(() => "done", (error) => error.statusCode));
    }
    return found;
  };
  assert.deepEqual(await statuses(alice), Array(6).fill("done"));
  assert.deepEqual(await statuses(joined), [403, 403, "done", "done", "done", "done"]);
  assert.deepEqual(await statuses(limited), [403, 403, 403, 403, "done", "done"]);
  assert.deepEqual(await statuses(calling), Array(6).fill(403));
});
