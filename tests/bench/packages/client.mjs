// Requests of the service's package for JavaScript, and what they cost.
//
// node client.mjs OPERATION COUNT ENDPOINT TOKEN THREAD TASKS prints the CPU nanoseconds of a request, and the most
// memory there was in kilobytes. Half as many again are made before. PACKAGES_FOLDER is where the packages are.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.PACKAGES_FOLDER}/package.json`);
const { ChatClient } = require("@azure/communication-chat");
const { AzureCommunicationTokenCredential } = require("@azure/communication-common");

const PAGE = 200;

const operations = {
  async send(thread) {
    const sent = await thread.sendMessage({ content: "Shall we meet at noon, at the usual place?" });
    assert.ok(sent.id);
  },
  async messages(thread) {
    const pages = thread.listMessages({ maxPageSize: PAGE }).byPage();
    const page = await pages.next();
    assert.equal(page.value.length, PAGE);
  },
};

const [name, count, endpoint, token, threadId, tasks] = process.argv.slice(2);
const operation = operations[name];
const client = new ChatClient(endpoint, new AzureCommunicationTokenCredential(token));
const thread = client.getChatThreadClient(threadId);

/** Makes so many requests in each task. */
async function all(each) {
  const repeat = async () => {
    for (let made = 0; made < each; made += 1) await operation(thread);
  };
  await Promise.all(Array.from({ length: Number(tasks) }, repeat));
}

const each = Math.ceil(Number(count) / Number(tasks));
await all(Math.ceil(each / 2));
const before = process.cpuUsage();
await all(each);
const { user, system } = process.cpuUsage(before);
console.log("cpu", Math.round(((user + system) * 1000) / (each * Number(tasks))));
console.log("peak", /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
process.exit(0);
