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

beforeEach(() => control("POST", "reset"));

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
  const { notifications } = await control("GET", "notifications");
  const known = notifications.map(({ name, recipient, status }) => [name, recipient, status]);
  const told = namesOf(seen).slice(1).map((name) => [name, bob.id, 200]);
  assert.deepEqual(known, told);
  await page.close();
});
