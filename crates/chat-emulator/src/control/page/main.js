// Shows the view that the address names, and refreshes it whenever something has changed.

import { listen } from './api.js';
import { attempt, element, setText } from './dom.js';
import * as start from './start.js';
import * as conversations from './conversations.js';
import * as requests from './requests.js';
import * as faults from './faults.js';
import * as events from './events.js';
import * as state from './state.js';

const views = { start, conversations, requests, faults, events, state };
let revision = null;
let running = false;
let again = false;
let timer;

/** The view and what is chosen in it: `#conversations/ID`. What makes no sense is the start. */
function place() {
  const [name, ...rest] = location.hash.slice(1).split('/');
  let chosen = '';
  try {
    chosen = decodeURIComponent(rest.join('/'));
  } catch {
    // Not a link of this page.
  }
  return Object.hasOwn(views, name) ? { name, chosen } : { name: 'start', chosen: '' };
}

/**
 * One refresh at a time; what changes in the meantime is seen by the next one. A view says after how many
 * milliseconds it is out of date, where it is by time alone.
 */
async function refresh() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    const { name, chosen } = place();
    try {
      const stillShown = () => place().name === name && place().chosen === chosen;
      const stale = await views[name].refresh({ chosen, revision, stillShown });
      clearTimeout(timer);
      if (stale) timer = setTimeout(refresh, stale);
      report('Live', false);
    } catch (error) {
      report(error.message, true);
    }
  }
  running = false;
}

function navigate() {
  const { name, chosen } = place();
  for (const view of Object.keys(views)) element(view).hidden = view !== name;
  for (const link of document.querySelectorAll('header nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = name === 'start' ? 'chat-emulator' : `${element(name).getAttribute('aria-label')} · chat-emulator`;
  views[name].open?.(chosen);
  refresh();
}

function report(text, wrong) {
  setText(element('status'), text);
  element('status').className = wrong ? 'wrong' : '';
}

for (const view of Object.values(views)) view.begin?.((action) => attempt(async () => {
  await action();
  await refresh();
}));
window.addEventListener('hashchange', navigate);
navigate();
listen((now) => {
  revision = now;
  refresh();
}, (text) => report(text, true));
