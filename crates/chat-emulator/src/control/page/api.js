// The control API.

const GONE = 'The emulator does not answer. Is it still running?';

/** Asks for `path`, or commands with a method and a body. Errors say what the API has said. */
export async function ask(path, method = 'GET', body = undefined) {
  let response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error(GONE);
  }
  const text = await response.text();
  if (response.ok) return text ? JSON.parse(text) : null;
  const refusal = new Error(messageOf(text) ?? `The emulator answered ${response.status}.`);
  refusal.status = response.status;
  throw refusal;
}

function messageOf(text) {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return undefined;
  }
}

export function pathOf(thread) {
  return `threads/${encodeURIComponent(thread)}`;
}

/** Calls `changed` with how things stand, now and whenever they change, and `gone` while nobody answers. */
export function listen(changed, gone) {
  const events = new EventSource('events');
  events.addEventListener('message', (event) => changed(JSON.parse(event.data)));
  events.addEventListener('error', () => {
    gone(GONE);
    // The browser tries again by itself, unless it was refused.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(changed, gone), 1000);
  });
}
