// The chat package in a browser, and what web sites may not do.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { CommunicationIdentityClient } from "../js/service.js";
import { FOREIGN, openPage, servePage, startBrowser } from "./browser.js";
import { controlOf } from "./control.js";

const CONNECTION_STRING = process.env.DISTURBED_CONNECTION_STRING;
const CONTROL = process.env.DISTURBED_CONTROL_URL;
const [, ENDPOINT] = /^endpoint=(.*);accesskey=/.exec(CONNECTION_STRING);
const FAULT = { kind: "status", status: 503, operation: "listChatThreads" };

const control = controlOf(CONTROL);
const identity = new CommunicationIdentityClient(CONNECTION_STRING);
let browser, server, port;

before(async () => {
  server = await servePage();
  port = server.address().port;
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
});

beforeEach(() => control("POST", "reset"));

/** Opens a page; gives it, and the status of its answer. */
const open = (url) => openPage(browser, url);

/** What the page's requests to the control port are answered: not told to the page, but seen from outside. */
async function commands(page, url) {
  const statuses = [];
  // What the emulator's own page reads meanwhile is no command.
  page.on("response", (response) => {
    if (response.request().method() === "POST") statuses.push(response.status());
  });
  await page.evaluate(
    async ([url, fault]) => {
      const command = { method: "POST", mode: "no-cors", body: JSON.stringify(fault) };
      await fetch(`${url}faults`, command);
      await fetch(`${url}reset`, { method: "POST", mode: "no-cors" });
    },
    [url, FAULT],
  );
  return statuses;
}

/** A new user with a token, as a back end hands them to a page. */
async function person() {
  const { user, token } = await identity.createUserAndToken(["chat"]);
  return { user, token };
}

for (const host of ["127.0.0.1", "localhost"]) {
  test(`the package holds a conversation from a page of another origin, ${host}`, async () => {
    const [alice, bob] = [await person(), await person()];
    const [hers, his] = [alice, bob].map(({ user }) => user.communicationUserId);
    const { page } = await open(`http://${host}:${port}/`);
    const converse = ([endpoint, alice, bob]) => globalThis.converse(endpoint, alice, bob);
    assert.deepEqual(await page.evaluate(converse, [ENDPOINT, alice, bob]), {
      topic: "Lunch",
      participants: [hers, his],
      first: "Pizza?",
      pages: [2, 2, 1],
      messages: [
        ["text", ""],
        ["text", "Pizza?"],
        ["participantAdded", undefined],
        ["topicUpdated", undefined],
        ["participantAdded", undefined],
      ],
      typing: true,
      receipts: [his],
      receiptIsOfTheFirst: true,
      threads: ["Late lunch"],
      removed: 403,
      deleted: 404,
    });
  });
}

const refusedList = ([endpoint, alice]) => globalThis.refusedList(endpoint, alice);

test("a page of this machine sees when to try again", async () => {
  const alice = await person();
  await control("POST", "faults", { ...FAULT, retryAfter: { seconds: 7 } });
  const { page } = await open(`http://127.0.0.1:${port}/`);
  const seen = await page.evaluate(refusedList, [ENDPOINT, alice]);
  assert.deepEqual(seen, { status: 503, retryAfter: "7" });
});

test("a page of another site is refused by the service", async () => {
  const alice = await person();
  const { page } = await open(`http://${FOREIGN}:${port}/`);
  const seen = await page.evaluate(refusedList, [ENDPOINT, alice]);
  assert.deepEqual(seen, { status: undefined, retryAfter: undefined });
  const { requests } = await control("GET", "journal?operation=listChatThreads");
  assert.deepEqual(requests, []);
});

for (const host of [FOREIGN, "127.0.0.1"]) {
  test(`a page of another origin, ${host}, commands and reads nothing`, async () => {
    await control("POST", "faults", FAULT);
    const { page } = await open(`http://${host}:${port}/`);
    assert.deepEqual(await commands(page, CONTROL), [403, 403]);
    const read = (url) => fetch(url).then((answer) => answer.text());
    for (const path of ["", "threads", "journal"]) {
      await assert.rejects(page.evaluate(read, `${CONTROL}${path}`), /Failed to fetch/);
    }
    assert.equal((await control("GET", "faults")).faults.length, 1);
  });
}

test("a page at a name that was rebound to this machine commands and reads nothing", async () => {
  await control("POST", "faults", FAULT);
  const { origin } = new URL(CONTROL.replace("127.0.0.1", FOREIGN));
  const { page, status } = await open(`${origin}/`);
  assert.equal(status, 403);
  assert.equal(await page.evaluate("location.origin"), origin);
  assert.deepEqual(await commands(page, `${origin}/`), [403, 403]);
  const read = (path) => fetch(path).then((answer) => answer.status);
  for (const path of ["/threads", "/journal", "/clock"]) {
    assert.equal(await page.evaluate(read, path), 403, path);
  }
  assert.equal((await control("GET", "faults")).faults.length, 1);
});

test("the emulator's own page commands and reads", async () => {
  const { page, status } = await open(CONTROL);
  assert.equal(status, 200);
  assert.deepEqual(await page.evaluate("fetch('/threads').then((answer) => answer.status)"), 200);
  assert.deepEqual(await commands(page, CONTROL), [201, 204]);
});
