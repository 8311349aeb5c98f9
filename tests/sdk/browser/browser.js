// A headless Chromium, and a server for the page that it opens.

import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = process.env.SDK_TESTS_NODE_FOLDER;
const require = createRequire(`${folder}/package.json`);
const { chromium } = require("playwright-core");
const esbuild = require("esbuild");

/** A name of another site; the browser finds it on this machine, as it does after DNS rebinding. */
export const FOREIGN = "foreign.example";

const PAGE = '<!doctype html><title>A program</title><script src="/page.js"></script>';

/** Starts the browser, with a profile that is new and goes with it; gives the browser. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.SDK_TESTS_CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-proxy-server",
      `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`,
    ],
  });
}

/** Opens a page; gives it, and the status of its answer. */
export async function openPage(browser, url) {
  // Chromium takes no file of certificates. That the emulator's can be checked, the other packages show.
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  const answer = await page.goto(url);
  return { page, status: answer.status() };
}

/** Bundles `page.js` for browsers and serves it with an empty page; gives the server. */
export async function servePage() {
  const bundle = await esbuild.build({
    entryPoints: [fileURLToPath(new URL("page.js", import.meta.url))],
    nodePaths: [`${folder}/node_modules`],
    bundle: true,
    platform: "browser",
    write: false,
  });
  const [{ text: script }] = bundle.outputFiles;
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : PAGE);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
