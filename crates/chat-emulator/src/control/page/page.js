// Asks the emulator every second what is new, and shows it. All text goes in as text, never as markup.
'use strict';

const element = (id) => document.getElementById(id);
const interval = 1000;

let selected = decodeURIComponent(location.hash.slice(1));
const shown = new Map();

/** Makes an element with a class, a text and children. */
function make(tag, { className = '', text = '', title = '' } = {}, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  made.title = title;
  made.append(...children);
  return made;
}

/** Whether `value` differs from what was shown under `name` last; it counts as shown from now on. */
function changed(name, value) {
  const text = JSON.stringify(value);
  const differs = shown.get(name) !== text;
  shown.set(name, text);
  return differs;
}

/** What people call a user: a name from the seed, a display name, or the end of the id. */
function nameOf(user) {
  return user.name || user.displayName || `…${user.id.slice(-12)}`;
}

function time(text) {
  return new Date(text).toLocaleTimeString();
}

async function ask(path, options) {
  const response = await fetch(path, { cache: 'no-store', ...options });
  const body = await response.json();
  if (!response.ok) {
    const refusal = new Error(body.error.message);
    refusal.status = response.status;
    throw refusal;
  }
  return body;
}

function pathOf(thread) {
  return `threads/${encodeURIComponent(thread)}`;
}

function showThreads({ threads, count }) {
  if (!changed('threads', [threads, count, selected])) return;
  element('no-threads').hidden = count > 0;
  element('more-threads').hidden = count <= threads.length;
  element('more-threads').textContent = `${count - threads.length} older threads are not shown.`;
  const focused = document.activeElement?.dataset?.thread;
  const entries = threads.map((thread) => {
    const people = thread.participants.map(nameOf).join(', ');
    const button = make('button', { title: thread.id },
      make('strong', { text: thread.topic }),
      make('small', { text: people }),
      make('small', { text: `${thread.messageCount} messages${thread.deletedOn ? ', deleted' : ''}` }));
    button.type = 'button';
    button.dataset.thread = thread.id;
    button.setAttribute('aria-current', String(thread.id === selected));
    button.addEventListener('click', () => select(thread.id));
    return make('li', { className: thread.deletedOn ? 'deleted' : '' }, button);
  });
  element('threads').replaceChildren(...entries);
  if (focused) document.querySelector(`[data-thread="${CSS.escape(focused)}"]`)?.focus();
}

function describe(message) {
  const people = () => message.participants.map(nameOf).join(', ');
  switch (message.type) {
    case 'topicUpdated': return `${nameOf(message.initiator)} set the topic to “${message.topic}”`;
    case 'participantAdded': return `${nameOf(message.initiator)} added ${people()}`;
    case 'participantRemoved': return `${nameOf(message.initiator)} removed ${people()}`;
    default: return message.type;
  }
}

function messageElement(message) {
  if (!message.sender) {
    return make('li', { className: 'system', text: describe(message), title: message.createdOn });
  }
  const notes = [time(message.createdOn)];
  if (message.senderDisplayName) notes.push(`as “${message.senderDisplayName}”`);
  if (message.type !== 'text') notes.push(message.type);
  if (message.editedOn) notes.push(`edited ${time(message.editedOn)}`);
  if (message.deletedOn) notes.push(`deleted ${time(message.deletedOn)}`);
  return make('li', { className: message.deletedOn ? 'deleted' : '', title: `message ${message.id}` },
    make('span', { className: 'by', text: nameOf(message.sender), title: message.sender.id }),
    make('span', { className: 'note', text: notes.join(' · ') }),
    make('div', { className: 'text', text: message.content }));
}

function showThread(thread) {
  element('thread').hidden = false;
  if (changed('about', [thread.id, thread.topic, thread.deletedOn, thread.participants])) {
    element('topic').textContent = thread.deletedOn ? `${thread.topic} (deleted)` : thread.topic;
    element('participants').replaceChildren(...thread.participants.map((user) =>
      make('li', { text: nameOf(user), title: user.id })));
    const sender = element('sender').value;
    element('sender').replaceChildren(...thread.participants.map((user) => {
      const option = make('option', { text: nameOf(user) });
      option.value = user.id;
      return option;
    }));
    if (thread.participants.some((user) => user.id === sender)) element('sender').value = sender;
  }
  if (changed('messages', [thread.id, thread.messages])) {
    const list = element('messages');
    const opened = changed('opened', thread.id);
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.replaceChildren(...thread.messages.map(messageElement));
    if (atEnd || opened) list.scrollTop = list.scrollHeight;
    const older = thread.messageCount - thread.messages.length;
    element('more-messages').hidden = older <= 0;
    element('more-messages').textContent = `${older} older messages are not shown.`;
  }
}

function forgetThread() {
  element('thread').hidden = true;
  ['about', 'messages', 'opened'].forEach((name) => shown.delete(name));
}

function select(thread) {
  selected = thread;
  history.replaceState(null, '', thread ? `#${encodeURIComponent(thread)}` : location.pathname);
  element('refusal').hidden = true;
  refresh();
}

function report(text, wrong) {
  element('status').textContent = text;
  element('status').className = wrong ? 'wrong' : '';
}

/** Which of the refreshes under way is the last one: only that may show what it has found. */
let turn = 0;

async function refresh() {
  const mine = ++turn;
  try {
    const threads = await ask('threads');
    if (!selected && threads.threads.length > 0) selected = threads.threads[0].id;
    let thread = null;
    if (selected) {
      try {
        thread = await ask(pathOf(selected));
      } catch (error) {
        if (error.status !== 404) throw error;
        // It was forgotten by a reset.
        if (mine === turn) selected = '';
      }
    }
    if (mine !== turn) return;
    showThreads(threads);
    if (thread) showThread(thread); else forgetThread();
    report('live', false);
  } catch (error) {
    if (mine === turn) report(`The emulator does not answer: ${error.message}`, true);
  }
}

element('composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const content = element('content');
  const refusal = element('refusal');
  try {
    await ask(`${pathOf(selected)}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: element('sender').value, content: content.value }),
    });
    content.value = '';
    refusal.hidden = true;
    await refresh();
  } catch (error) {
    refusal.textContent = error.message;
    refusal.hidden = false;
  }
});

window.addEventListener('hashchange', () => select(decodeURIComponent(location.hash.slice(1))));

async function live() {
  await refresh();
  setTimeout(live, interval);
}

live();
