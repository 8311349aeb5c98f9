// The packages as their users have them, against the emulator. They are installed outside of this tree.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.SDK_TESTS_NODE_FOLDER}/package.json`);

export const { ChatClient } = require("@azure/communication-chat");
export const { CommunicationIdentityClient } = require("@azure/communication-identity");
export const { AzureCommunicationTokenCredential, getIdentifierRawId } = require(
  "@azure/communication-common",
);

export const CONNECTION_STRING = process.env.COMMUNICATION_SERVICES_CONNECTION_STRING;
const [, ENDPOINT, KEY] = /^endpoint=(.*);accesskey=(.*)$/.exec(CONNECTION_STRING);
export { ENDPOINT, KEY };

export const identity = new CommunicationIdentityClient(CONNECTION_STRING);

/** A user with a token, and its chat client. */
export class Person {
  constructor(user, chat) {
    this.id = user;
    this.chat = chat;
  }

  /** Its client of a thread. */
  thread(threadId) {
    return this.chat.getChatThreadClient(threadId);
  }

  /** A new thread, and this user's client of it. */
  async createThread(topic = "Lunch", others = []) {
    const participants = others.map(({ id }) => ({ id }));
    const created = await this.chat.createChatThread({ topic }, { participants });
    assert.equal(created.invalidParticipants, undefined);
    return [created.chatThread.id, this.thread(created.chatThread.id)];
  }
}

export function chatClient(token) {
  return new ChatClient(ENDPOINT, new AzureCommunicationTokenCredential(token));
}

/** Another service, whose users are known by their raw ids. */
export function at(connectionString) {
  const [, endpoint] = /^endpoint=(.*);accesskey=/.exec(connectionString);
  const identity = new CommunicationIdentityClient(connectionString);
  return {
    /** The chat client of a user. */
    async chatOf(user) {
      const { token } = await identity.getToken({ communicationUserId: user }, ["chat"]);
      return new ChatClient(endpoint, new AzureCommunicationTokenCredential(token));
    },
  };
}

/** A new user with a token. */
export async function person(scopes = ["chat"]) {
  const { user, token } = await identity.createUserAndToken(scopes);
  return new Person(user, chatClient(token));
}

export async function people(count) {
  const made = [];
  while (made.length < count) made.push(await person());
  return made;
}

/** All items of a list, however many pages there are. */
export async function items(list) {
  const all = [];
  for await (const item of list) all.push(item);
  return all;
}

/** The items of a list, page by page. */
export async function byPage(list, settings) {
  return items(list.byPage(settings));
}

/** The raw id of what the package calls an identifier. */
export const rawId = getIdentifierRawId;

/**
 * A time after all that was done so far, and before all that is done next.
 *
 * The ids of messages are their times in milliseconds, and run ahead of the clock when there is more than
 * one message a millisecond. Nobody outside of the emulator can move its clock, so it is waited for.
 */
export async function aMomentBetween() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const at = new Date();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return at;
}

/** Asserts that a call is refused, and gives the error. */
export async function refused(call, status, code) {
  let error;
  await assert.rejects(call, (rejection) => {
    error = rejection;
    return true;
  });
  assert.equal(error.name, "RestError", error.stack);
  assert.equal(error.statusCode, status, error.message);
  if (code !== undefined) assert.equal(codeOf(error), code);
  return error;
}

/** The code of an error. The chat package expects another envelope than the service has, and leaves it out. */
function codeOf(error) {
  const [envelope] = Object.values(JSON.parse(error.response.bodyAsText));
  return envelope.Code ?? envelope.code;
}

/** A token that reads well and that nobody has issued. */
export function forged(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64").replace(/=+$/, "");
  return `${part({ alg: "HS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** The claims of a token. */
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64").toString());
}

export function assertClose(time, expected, milliseconds = 60_000) {
  assert.ok(Math.abs(time - expected) < milliseconds, `${time} is not near ${expected}`);
}

export const seconds = () => Math.floor(Date.now() / 1000);
