// How to begin: the connection string, snippets, users with tokens, and what is new.

import { ask } from './api.js';
import { button, copy, dateTime, element, make, nameOf, setText, showIf, showItems } from './dom.js';
import { snippets } from './snippets.js';
import { summary } from './requests.js';

let connectionString = '';

export function begin(act) {
  const on = (id, action) => element(id).addEventListener('click', () => act(action));
  on('copy-connection-string', () => copy(connectionString));
  on('copy-snippet', () => copy(element('snippet').textContent));
  element('language').addEventListener('change', showSnippet);
}

function showSnippet() {
  setText(element('snippet'), snippets[element('language').value](connectionString));
}

export async function refresh() {
  const [about, users, threads, journal] = await Promise.all([
    ask('about'), ask('users'), ask('threads'), ask('journal?limit=5'),
  ]);
  connectionString = about.connectionString;
  setText(element('connection-string'), connectionString);
  showSnippet();
  showIf(element('no-users'), users.count === 0);
  showIf(element('more-users'), users.count > users.users.length, `${users.count - users.users.length} more users are not shown.`);
  showItems(element('users'), users.users, (user) => user.id, userElement);
  const news = [
    ...threads.threads.slice(0, 5).map((thread) => ({ key: thread.id, thread })),
    ...journal.requests.reverse().map((request) => ({ key: request.number, request })),
  ];
  showIf(element('nothing-new'), news.length === 0);
  showItems(element('news'), news, (item) => item.key, newsElement);
}

function userElement(user) {
  const threads = user.threadCount === 1 ? '1 thread' : `${user.threadCount} threads`;
  const name = nameOf(user);
  return make('li', {},
    make('strong', { text: name }),
    make('code', { text: user.id }),
    make('span', { className: 'quiet', text: threads }),
    button('Copy token', async () => {
      const issued = await ask(`users/${encodeURIComponent(user.id)}/tokens`, 'POST');
      await copy(issued.token);
    }, { ariaLabel: `Copy a token of ${name}` }),
    button('Copy id', () => copy(user.id), { ariaLabel: `Copy the id of ${name}` }));
}

function newsElement({ thread, request }) {
  if (request) {
    return make('li', {}, make('a', { text: summary(request), href: `#requests/${request.number}` }));
  }
  return make('li', {},
    make('a', { text: thread.topic, href: `#conversations/${encodeURIComponent(thread.id)}` }),
    make('span', { className: 'quiet', text: `last message ${dateTime(thread.lastMessageReceivedOn)}` }));
}
