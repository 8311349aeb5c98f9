// Commands to an emulator.

import assert from "node:assert/strict";

/** Gives the function that sends commands to the control port at `url`, which have to succeed. */
export const controlOf = (url) => async (method, path, body) => {
  const answer = await fetch(`${url}${path}`, { method, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
};
