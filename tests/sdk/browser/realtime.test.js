// The chat package in a browser is notified of what happens, by the emulator.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import {
  AzureCommunicationTokenCredential,
  ChatClient,
  CommunicationIdentityClient,
} from "../js/service.js";
import { openPage, servePage, startBrowser } from "./browser.js";
import { controlOf } from "./control.js";

const CONNECTION_STRING = process.env.NOTIFYING_CONNECTION_STRING;
const [, ENDPOINT] = /^endpoint=(.*);accesskey=/.exec(CONNECTION_STRING);

const control = controlOf(process.env.NOTIFYING_CONTROL_URL);
const identity = new CommunicationIdentityClient(CONNECTION_STRING);
let browser, server;

before(async () => {
  server = await servePage();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
});

// A page that is closed while it listens may connect anew once more, on its way out.
beforeEach(async () => {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) await page.evaluate("globalThis.stopListening?.()");
    await context.close();
  }
  await control("POST", "reset");
});

/** Waits until something is so. The test as a whole has a limit of time. */
async function until(what, holds) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`it never came to this: ${what}`);
}

async function person() {
  const { user, token } = await identity.createUserAndToken(["chat"]);
  const client = new ChatClient(ENDPOINT, new AzureCommunicationTokenCredential(token));
  return { user, token, client, id: user.communicationUserId };
}

/** A page that is notified of what concerns a person. */
async function listener({ token }, tokens = [token]) {
  const { page } = await openPage(browser, `http://localhost:${server.address().port}/`);
  const listen = ([endpoint, tokens]) => globalThis.listen(endpoint, tokens);
  await page.evaluate(listen, [ENDPOINT, tokens]);
  await registered(1);
  return page;
}

const registered = (count) =>
  until(`${count} are registered`, async () => {
    const { registrations, connections } = await control("GET", "notifications");
    return registrations === count && connections === count;
  });

const seenBy = (page) => page.evaluate("globalThis.seen");
const namesOf = (seen) => seen.map(([name]) => name);

/** What became of the notifications. A page answers each after it has told its program. */
async function answered() {
  const known = async () => (await control("GET", "notifications")).notifications;
  await until("all are answered", async () => (await known()).every(({ outcome }) => outcome !== "sent"));
  return known();
}

/** Waits until a page has seen so many of something. */
const sees = (page, name, count) =>
  until(`${count} of ${name}`, async () => {
    return namesOf(await seenBy(page)).filter((one) => one === name).length >= count;
  });

test("a page of another origin is told of all that happens, once and in order", async () => {
  const [alice, bob, carol] = [await person(), await person(), await person()];
  const page = await listener(bob);
  await sees(page, "connected", 1);

  const participants = [
    { id: alice.user, displayName: "Alice" },
    { id: bob.user, displayName: "Bob" },
  ];
  const request = { topic: "Lunch 100% \"q\"" };
  const { chatThread } = await alice.client.createChatThread(request, { participants });
  const thread = alice.client.getChatThreadClient(chatThread.id);
  const message = await thread.sendMessage(
    { content: "Hungry? ü😀 <b>" },
    { senderDisplayName: "Alice", metadata: { tag: "one" } },
  );
  await thread.updateMessage(message.id, { content: "Pizza?" });
  await thread.sendTypingNotification({ senderDisplayName: "Alice" });
  await thread.sendReadReceipt({ chatMessageId: message.id });
  await thread.addParticipants({ participants: [{ id: carol.user, displayName: "Carol" }] });
  await thread.removeParticipant(carol.user);
  await thread.updateTopic("Dinner");
  await thread.deleteMessage(message.id);
  await alice.client.deleteChatThread(chatThread.id);
  await sees(page, "chatThreadDeleted", 1);

  const seen = await seenBy(page);
  assert.deepEqual(namesOf(seen), [
    "connected",
    "chatThreadCreated",
    "chatMessageReceived",
    "chatMessageEdited",
    "typingIndicatorReceived",
    "readReceiptReceived",
    "participantsAdded",
    "participantsRemoved",
    "chatThreadPropertiesUpdated",
    "chatMessageDeleted",
    "chatThreadDeleted",
  ]);
  const event = Object.fromEntries(seen);
  const as = ({ id }) => ({ kind: "communicationUser", communicationUserId: id });
  for (const [name, { threadId }] of Object.entries(event).slice(1)) {
    assert.equal(threadId, chatThread.id, name);
  }
  const created = event.chatThreadCreated;
  assert.deepEqual(created.properties, { topic: request.topic, metadata: {} });
  const members = created.participants.map(({ id, displayName }) => [id, displayName]);
  assert.deepEqual(members, [[as(alice), "Alice"], [as(bob), "Bob"]]);
  assert.deepEqual(created.createdBy.id, as(alice));

  const received = event.chatMessageReceived;
  assert.equal(received.message, "Hungry? ü😀 <b>");
  assert.deepEqual(received.metadata, { tag: "one" });
  assert.deepEqual([received.sender, received.recipient], [as(alice), as(bob)]);
  assert.deepEqual([received.id, received.type], [message.id, "Text"]);
  assert.equal(received.senderDisplayName, "Alice");
  const { message: edited, editedOn, version } = event.chatMessageEdited;
  assert.equal(edited, "Pizza?");
  assert.ok(editedOn > received.createdOn);
  assert.ok(Number(version) > Number(received.version));
  assert.equal(event.typingIndicatorReceived.senderDisplayName, "Alice");
  assert.equal(event.readReceiptReceived.chatMessageId, message.id);
  assert.ok(event.readReceiptReceived.readOn >= editedOn);
  const added = event.participantsAdded.participantsAdded.map(({ id }) => id);
  const removed = event.participantsRemoved.participantsRemoved.map(({ id }) => id);
  assert.deepEqual([added, removed], [[as(carol)], [as(carol)]]);
  assert.equal(event.chatThreadPropertiesUpdated.properties.topic, "Dinner");
  assert.ok(event.chatMessageDeleted.deletedOn > editedOn);
  assert.equal(event.chatThreadDeleted.reason, "deletedByUser");
  assert.deepEqual(event.chatThreadDeleted.deletedBy.id, as(alice));

  // What the emulator knows of it is what was done and seen: ten, and each was taken.
  const known = (await answered()).map(({ name, recipient, status }) => [name, recipient, status]);
  const told = namesOf(seen).slice(1).map((name) => [name, bob.id, 200]);
  assert.deepEqual(known, told);
});

/** A thread of Alice's, a page of hers that is notified of it, and how to send and see messages there. */
async function scene() {
  const alice = await person();
  const { chatThread } = await alice.client.createChatThread({ topic: "Lunch" });
  const thread = alice.client.getChatThreadClient(chatThread.id);
  const page = await listener(alice);
  const send = (content) => thread.sendMessage({ content });
  const messages = async () => {
    const seen = await seenBy(page);
    return seen.filter(([name]) => name === "chatMessageReceived").map(([, { message }]) => message);
  };
  const told = (content) =>
    until(`${content} is told`, async () => (await messages()).includes(content));
  return { alice, page, send, messages, told };
}

/** The requests of an operation: their statuses, queries and answers. */
async function requests(operation) {
  return (await control("GET", `journal?operation=${operation}`)).requests;
}

test("a page that was cut off comes back to the address that it had", async () => {
  const { page, send, messages, told } = await scene();
  await sees(page, "connected", 1);
  assert.equal((await control("POST", "notifications", { cut: {} })).count, 1);
  await sees(page, "connected", 2);
  await until("it is registered again", async () => (await requests("registerNotifications")).length === 2);
  await send("after the cut");
  await told("after the cut");
  assert.deepEqual(await messages(), ["after the cut"]);
  assert.deepEqual(namesOf(await seenBy(page)).slice(0, 3), ["connected", "disconnected", "connected"]);
  const allocations = await requests("allocateNotificationEndpoint");
  const ids = allocations.map(({ answer }) => answer.id);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.match(allocations[1].query, new RegExp(`sr=${ids[0]}&`));
  assert.equal((await control("GET", "notifications")).registrations, 1);
});

for (const reason of ["none", "dup", "timeout", "unauthorized"]) {
  test(`a page that is disconnected for the reason ${reason} connects anew`, async () => {
    const { page, send, messages, told } = await scene();
    await control("POST", "notifications", { disconnect: reason });
    await sees(page, "connected", 2);
    await until("it is registered again", async () => (await requests("registerNotifications")).length === 2);
    await send("hello again");
    await told("hello again");
    assert.deepEqual(await messages(), ["hello again"]);
  });
}

test("a page whose kind of token is deprecated gives up", async () => {
  const { page } = await scene();
  await control("POST", "notifications", { disconnect: "skypetokenDeprecated" });
  await sees(page, "disconnected", 1);
  await until("it is gone", async () => (await control("GET", "notifications")).connections === 0);
  assert.equal((await requests("allocateNotificationEndpoint")).length, 1);
});

test("a page gives up when an error says that its kind of token is deprecated", async () => {
  const { page } = await scene();
  const operation = "allocateNotificationEndpoint";
  await control("POST", "faults", { kind: "status", status: 403, skypetokenDeprecated: true, operation });
  await control("POST", "notifications", { cut: {} });
  await sees(page, "disconnected", 1);
  const allocations = async () => (await requests(operation)).length;
  await until("it has asked once more", async () => (await allocations()) === 2);
  // It would ask again after a second, give or take a fifth.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.equal(await allocations(), 2);
});

test("a page is told that a thread has deleted itself, and that nobody has deleted it", async () => {
  const alice = await person();
  const retentionPolicy = { kind: "threadCreationDate", deleteThreadAfterDays: 30 };
  const { chatThread } = await alice.client.createChatThread({ topic: "Short" }, { retentionPolicy });
  const days = 24 * 60 * 60;
  await control("POST", "clock", { advanceSeconds: 30 * days - 60 });
  // Tokens have expired by then.
  const { token } = await control("POST", `users/${encodeURIComponent(alice.id)}/tokens`);
  const page = await listener({ token });
  await control("POST", "clock", { advanceSeconds: 120 });
  await sees(page, "chatThreadDeleted", 1);
  const [, event] = (await seenBy(page)).find(([name]) => name === "chatThreadDeleted");
  assert.equal(event.threadId, chatThread.id);
  assert.equal(event.reason, "deletedByPolicy");
  assert.equal(event.deletedBy, null);
  // Threads tell of their creation to the second.
  const age = event.deletedOn.getTime() - chatThread.createdOn.getTime() - 30 * days * 1_000;
  assert.ok(age >= 0 && age < 1_000, `${age}`);
});

for (const [target, sameAddress] of [["sameEndpoint", true], ["global", false]]) {
  test(`a page that is told to reconnect, ${target}, does so and is told everything once`, async () => {
    const { page, send, messages, told } = await scene();
    await sees(page, "connected", 1);
    await control("POST", "notifications", { reconnect: target });
    await sees(page, "connected", 2);
    await until("it is registered again", async () => (await requests("registerNotifications")).length === 2);
    await send("over the new one");
    await told("over the new one");
    assert.deepEqual(await messages(), ["over the new one"]);
    assert.equal(namesOf(await seenBy(page)).includes("disconnected"), false);
    const ids = (await requests("allocateNotificationEndpoint")).map(({ answer }) => answer.id);
    assert.equal(ids.length, 2);
    assert.equal(ids[0] === ids[1], sameAddress);
  });
}

test("a page acknowledges that something was lost, and sees nothing of it", async () => {
  const { page, send, messages, told } = await scene();
  const acknowledged = () =>
    until("the loss is acknowledged", async () => {
      return (await control("GET", "notifications")).unacknowledgedLosses === 0;
    });
  await acknowledged();
  await control("POST", "faults", { kind: "lostNotification", times: 1 });
  await send("lost");
  await acknowledged();
  await send("found");
  await told("found");
  assert.deepEqual(await messages(), ["found"]);
  assert.deepEqual(namesOf(await seenBy(page)), ["connected", "chatMessageReceived"]);
  assert.deepEqual((await answered()).map(({ outcome }) => outcome), ["lost", "answered"]);
});

test("a page is told twice of what comes twice", async () => {
  const { send, messages, page } = await scene();
  await control("POST", "faults", { kind: "duplicatedNotification", times: 1 });
  await send("twice");
  await sees(page, "chatMessageReceived", 2);
  await send("once");
  await sees(page, "chatMessageReceived", 3);
  assert.deepEqual(await messages(), ["twice", "twice", "once"]);
});

test("a page whose ping is not answered takes the connection for dead", async () => {
  const { page, send, messages, told } = await scene();
  await sees(page, "connected", 1);
  await control("POST", "faults", { kind: "noPong", times: 1 });
  // It pings at once after each answer, and waits for five seconds.
  await send("the last one before");
  await sees(page, "connected", 2);
  await until("it is registered again", async () => (await requests("registerNotifications")).length === 2);
  await send("the first one after");
  await told("the first one after");
  assert.deepEqual(await messages(), ["the last one before", "the first one after"]);
});

for (const [operation, status] of [
  ["getNotificationConfiguration", 503],
  ["allocateNotificationEndpoint", 401],
  ["allocateNotificationEndpoint", 503],
  ["openNotificationSession", 401],
  ["openNotificationSession", 503],
  ["registerNotifications", 401],
  ["registerNotifications", 503],
]) {
  test(`a page whose ${operation} is refused with ${status} once tries again`, async () => {
    await control("POST", "faults", { kind: "status", status, operation, times: 1 });
    const { send, told } = await scene();
    await send("hello");
    await told("hello");
    const statuses = (await requests(operation)).map(({ status }) => status);
    assert.deepEqual(statuses.slice(0, 2), [status, operation === "registerNotifications" ? 202 : 200]);
  });
}

test("a page to which websockets are closed polls", async () => {
  const operation = "connectNotificationSocket";
  await control("POST", "faults", { kind: "status", status: 503, operation });
  const { send, messages, told } = await scene();
  await send("one");
  await send("two");
  await told("two");
  assert.deepEqual(await messages(), ["one", "two"]);
  assert.deepEqual((await answered()).map(({ status }) => status), [200, 200]);
  assert.ok((await requests("pollNotifications")).length > 2);
});

test("a page that stops listening is told nothing more", async () => {
  const { page, send, messages, told } = await scene();
  await send("before");
  await told("before");
  await page.evaluate("globalThis.stopListening()");
  await registered(0);
  await send("after");
  const { notifications } = await control("GET", "notifications");
  assert.equal(notifications.length, 1);
  assert.deepEqual(await messages(), ["before"]);
});
