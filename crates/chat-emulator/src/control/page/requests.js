// The journal: what was asked, what came of it, and what befell it.

import { ask } from './api.js';
import { element, make, showIf, showItems, time } from './dom.js';

/** As many as the emulator keeps by default. */
const MOST = 1000;
let entries = [];

export function begin(act) {
  element('filter').addEventListener('submit', (event) => event.preventDefault());
  element('filter').addEventListener('input', showList);
  element('clear-journal').addEventListener('click', () => act(() => ask('journal', 'DELETE')));
}

export async function refresh({ chosen, revision }) {
  const last = entries.at(-1)?.number ?? 0;
  const { requests } = await ask(`journal?after=${last}&limit=${MOST}`);
  const [first] = revision?.journal ?? [0];
  entries = [...entries, ...requests].filter((entry) => entry.number >= first).slice(-MOST);
  showList();
  const entry = entries.find((known) => String(known.number) === chosen);
  showRequest(entry, chosen);
}

function showList() {
  const words = element('filter-text').value.toLowerCase().split(/\s+/).filter(Boolean);
  const onlyFailed = element('filter-failed').checked;
  const wanted = entries.filter((entry) => {
    const text = `${summary(entry)} ${entry.operation ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word)) && (!onlyFailed || failed(entry));
  });
  showIf(element('no-requests'), wanted.length === 0,
    entries.length > 0 ? 'No request is like this.' : 'No requests. They appear here when a program asks the service for something.');
  showItems(element('request-list'), wanted.reverse(), (entry) => entry.number, (entry) =>
    make('li', { className: failed(entry) ? 'failed' : '' },
      make('a', { href: `#requests/${entry.number}`, title: entry.path },
        make('span', { className: 'status', text: result(entry) }),
        make('span', { className: 'what', text: `${entry.method} ${entry.operation ?? entry.path}` }),
        make('span', { className: 'quiet', text: time(entry.receivedAt) }))));
}

function failed(entry) {
  return entry.status === null || entry.status >= 400 || entry.outcome !== 'answered' || entry.faults.length > 0;
}

function result(entry) {
  if (entry.outcome === 'reset') return 'reset';
  return entry.outcome === 'cutOff' ? `${entry.status}, cut off` : String(entry.status);
}

export function summary(entry) {
  const query = entry.query ? `?${entry.query}` : '';
  return `${entry.method} ${entry.path}${query}: ${result(entry)}`;
}

function showRequest(entry, chosen) {
  const target = element('request');
  showIf(target, chosen !== '');
  element('requests').classList.toggle('chosen', chosen !== '');
  for (const link of element('request-list').querySelectorAll('a')) {
    if (link.hash === `#requests/${chosen}`) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  showItems(target, chosen ? [entry ?? { number: chosen, forgotten: true }] : [], (shown) => shown.number, requestElement);
}

function requestElement(entry) {
  const back = make('a', { className: 'back', text: 'All requests', href: '#requests' });
  if (entry.forgotten) {
    return make('div', {}, back, make('p', { className: 'quiet', text: `Request ${entry.number} is not in the journal.` }));
  }
  const query = entry.query ? `?${entry.query}` : '';
  const facts = [
    ['Received', entry.receivedAt],
    ['Operation', entry.operation ?? 'none'],
    ['The client got', result(entry)],
    ['The service said', entry.serviceStatus === null ? 'nothing: the request has not reached it' : `${entry.serviceStatus} at ${entry.executedAt}`],
    ['Carried out', entry.carriedOut ? 'yes' : 'no'],
    ['Fault', entry.faults.map((fault) => `${fault.kind} (number ${fault.id})`).join(', ') || 'none'],
  ];
  return make('div', {}, back,
    make('h2', { text: `${entry.method} ${entry.path}${query}` }),
    make('dl', {}, ...facts.flatMap(([name, value]) => [make('dt', { text: name }), make('dd', { text: value })])),
    ...block('Headers', lines(entry.headers)),
    ...block('Body', body(entry.body, entry.bodyLength)),
    ...block('Headers of the answer', lines(entry.answerHeaders)),
    ...block('Answer', body(entry.answer, entry.answerLength)));
}

function block(title, text) {
  return [make('h3', { text: title }), make('pre', { text, tabIndex: 0, ariaLabel: title })];
}

function lines(headers) {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n') || 'none';
}

function body(json, length) {
  if (json !== null) return JSON.stringify(json, null, 2);
  return length === 0 ? 'none' : `${length} bytes that are no JSON, or too many to keep`;
}
