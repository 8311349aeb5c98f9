// A program in a browser: the packages as bundled by esbuild, and a conversation of two people. It is
// given what a back end gives to a page: where the service is, and a token for each person.

import { ChatClient } from "@azure/communication-chat";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";

async function items(list) {
  const all = [];
  for await (const item of list) all.push(item);
  return all;
}

function chatClient(endpoint, { token }, options) {
  return new ChatClient(endpoint, new AzureCommunicationTokenCredential(token), options);
}

/** What a call that should be refused is answered: nothing, if the browser does not let the page see it. */
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    if (error.name !== "RestError") throw error;
    return { status: error.statusCode, retryAfter: error.response?.headers.get("retry-after") };
  }
  throw new Error("it was not refused");
}

/** Lets two people use the whole of the package; gives what they saw. */
globalThis.converse = async (endpoint, alice, bob) => {
  const seen = {};
  const [hers, his] = [alice, bob].map((person) => chatClient(endpoint, person));
  const { chatThread } = await hers.createChatThread({ topic: "Lunch" });
  const { id } = chatThread;
  const [thread, theirs] = [hers, his].map((client) => client.getChatThreadClient(id));
  seen.topic = (await thread.getProperties()).topic;

  await thread.addParticipants({ participants: [{ id: bob.user, displayName: "Bob" }] });
  seen.participants = (await items(thread.listParticipants())).map(({ id }) => id.communicationUserId);

  const first = await thread.sendMessage({ content: "Hungry?" }, { senderDisplayName: "Alice" });
  const second = await theirs.sendMessage({ content: "¡Sí! 👋🏽" });
  await thread.updateMessage(first.id, { content: "Pizza?" });
  await theirs.deleteMessage(second.id);
  seen.first = (await theirs.getMessage(first.id)).content.message;
  const pages = await items(theirs.listMessages({ maxPageSize: 2 }).byPage());
  seen.pages = pages.map((page) => page.length);
  seen.messages = pages.flat().map(({ type, content }) => [type, content?.message]);

  seen.typing = await theirs.sendTypingNotification();
  await theirs.sendReadReceipt({ chatMessageId: first.id });
  const receipts = await items(thread.listReadReceipts());
  seen.receipts = receipts.map(({ sender }) => sender.communicationUserId);
  seen.receiptIsOfTheFirst = receipts.every(({ chatMessageId }) => chatMessageId === first.id);

  await thread.updateTopic("Late lunch");
  const listed = await items(his.listChatThreads());
  seen.threads = listed.map(({ topic }) => topic);
  await thread.removeParticipant(bob.user);
  seen.removed = (await refusal(() => theirs.sendMessage({ content: "Wait!" }))).status;
  await hers.deleteChatThread(id);
  seen.deleted = (await refusal(() => thread.sendMessage({ content: "Anybody?" }))).status;
  return seen;
};

/** Asks for a list that is refused, once. */
globalThis.refusedList = (endpoint, alice) => {
  const client = chatClient(endpoint, alice, { retryOptions: { maxRetries: 0 } });
  return refusal(() => items(client.listChatThreads()));
};

const NOTIFICATIONS = [
  "chatMessageReceived",
  "chatMessageEdited",
  "chatMessageDeleted",
  "typingIndicatorReceived",
  "readReceiptReceived",
  "chatThreadCreated",
  "chatThreadDeleted",
  "chatThreadPropertiesUpdated",
  "participantsAdded",
  "participantsRemoved",
];

/**
 * Has a person notified. `globalThis.seen` has the names of what has come, each with what the package made of it.
 * `tokens` are those that the page gets one after the other; the last one is all that there is.
 */
globalThis.listen = async (endpoint, tokens) => {
  globalThis.seen = [];
  const left = [...tokens];
  const tokenRefresher = async () => (left.length > 1 ? left.shift() : left[0]);
  const credential = new AzureCommunicationTokenCredential({ tokenRefresher });
  const client = new ChatClient(endpoint, credential);
  const note = (name) => (event) => globalThis.seen.push([name, event]);
  // The package subscribes to all of them whatever one asks for, and these two have names of their own.
  await client.startRealtimeNotifications();
  client.on("realTimeNotificationConnected", note("connected"));
  client.on("realTimeNotificationDisconnected", note("disconnected"));
  for (const name of NOTIFICATIONS) client.on(name, note(name));
  globalThis.stopListening = () => client.stopRealtimeNotifications();
};
