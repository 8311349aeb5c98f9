// What is said in which thread, and a box to take part as anybody.

import { ask, pathOf } from './api.js';
import { element, make, nameOf, setText, showIf, showItems } from './dom.js';
import { messageElement } from './message.js';

/** What was begun to be written in each thread: sender, type, content, and the message that is edited. */
const drafts = new Map();
/** The thread that is shown, and whether its messages were. */
let thread = '';
let opened = false;
let act;

const draft = () => drafts.get(thread) ?? { sender: '', type: 'text', content: '', editing: null };

function change(changes) {
  drafts.set(thread, { ...draft(), ...changes });
}

export function begin(actor) {
  act = actor;
  element('sender').addEventListener('change', () => change({ sender: element('sender').value }));
  element('type').addEventListener('change', () => change({ type: element('type').value }));
  element('content').addEventListener('input', () => change({ content: element('content').value }));
  element('content').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      element('composer').requestSubmit();
    }
    if (event.key === 'Escape') cancelEdit();
  });
  element('cancel-edit').addEventListener('click', cancelEdit);
  element('notify-typing').addEventListener('click', () =>
    act(() => ask(`${pathOf(thread)}/typing`, 'POST', { from: element('sender').value })));
  element('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    act(submit);
  });
}

/** Sends or saves what is written. What is refused stays in its thread, with the reason. */
async function submit() {
  const at = thread;
  const { editing, content, type } = draft();
  const messages = `${pathOf(at)}/messages`;
  try {
    if (editing) {
      await ask(`${messages}/${editing.id}`, 'PATCH', { from: editing.sender.id, content });
    } else {
      await ask(messages, 'POST', { from: element('sender').value, content, type });
    }
  } catch (error) {
    if (at === thread) showIf(element('refusal'), true, error.message);
    return;
  }
  const left = drafts.get(at);
  if (left?.content === content) drafts.set(at, { ...left, content: '', editing: null });
  if (at === thread) showDraft();
}

function cancelEdit() {
  if (!draft().editing) return;
  change({ editing: null, content: '' });
  showDraft();
}

const actions = {
  edit: (message) => {
    change({ editing: message, content: message.content });
    showDraft();
    element('content').focus();
  },
  remove: (message) => act(() =>
    ask(`${pathOf(thread)}/messages/${message.id}`, 'DELETE', { from: message.sender.id })),
  read: (message) => act(() =>
    ask(`${pathOf(thread)}/receipts`, 'POST', { from: element('sender').value, messageId: message.id })),
};

function showDraft() {
  const { content, type, editing } = draft();
  element('refusal').hidden = true;
  element('content').value = content;
  element('type').value = editing?.type ?? type;
  element('type').disabled = element('sender').disabled = editing !== null;
  element('editing').hidden = editing === null;
  setText(element('editing').firstElementChild, editing ? 'Editing a message as its sender.' : '');
  setText(element('send'), editing ? 'Save' : 'Send');
}

export function open(chosen) {
  if (chosen === thread) return;
  thread = chosen;
  opened = false;
  element('thread').hidden = true;
  element('messages').replaceChildren();
  showDraft();
}

export async function refresh({ chosen, stillShown }) {
  const listed = await ask('threads');
  if (!stillShown()) return undefined;
  showThreads(listed, chosen);
  element('conversations').classList.toggle('chosen', chosen !== '');
  if (chosen === '') return undefined;
  try {
    const found = await ask(pathOf(chosen));
    if (stillShown()) showThread(found);
    return found.typing.length > 0 ? 1000 : undefined;
  } catch (error) {
    if (error.status !== 404) throw error;
    // It was forgotten by a reset, or is no id of this emulator.
    if (stillShown()) location.replace('#conversations');
    return undefined;
  }
}

function showThreads({ threads, count }, chosen) {
  showIf(element('no-threads'), count === 0);
  showIf(element('more-threads'), count > threads.length, `${count - threads.length} older threads are not shown.`);
  const items = threads.map((each) => ({ ...each, current: each.id === chosen }));
  showItems(element('threads'), items, (each) => each.id, (each) => {
    const others = each.participantCount - each.participants.length;
    const people = each.participants.map(nameOf).join(', ') + (others > 0 ? ` and ${others} more` : '');
    const link = make('a', { href: `#conversations/${encodeURIComponent(each.id)}`, title: each.id },
      make('strong', { text: each.topic }),
      make('small', { text: people }),
      make('small', { text: `${each.messageCount} messages${each.deletedOn ? ', deleted' : ''}` }));
    if (each.current) link.setAttribute('aria-current', 'true');
    return make('li', { className: each.deletedOn ? 'deleted' : '' }, link);
  });
}

function showThread(found) {
  const people = Object.fromEntries(found.participants.map((user) => [user.id, user]));
  const closed = Boolean(found.deletedOn);
  element('thread').hidden = false;
  setText(element('topic'), closed ? `${found.topic} (deleted)` : found.topic);
  showItems(element('participants'), found.participants, (user) => user.id, (user) =>
    make('li', { text: nameOf(user), title: user.id }));
  showItems(element('sender'), found.participants, (user) => user.id, (user) =>
    make('option', { text: nameOf(user), value: user.id }));
  const { sender } = draft();
  if (people[sender]) element('sender').value = sender;
  showIf(element('composer'), !closed);
  showIf(element('closed'), closed);
  const typing = found.typing.map((id) => nameOf(people[id]));
  setText(element('typing'), typing.length === 0 ? '' : `${typing.join(', ')} ${typing.length === 1 ? 'is' : 'are'} typing`);
  showMessages(found, people, closed);
}

function showMessages(found, people, closed) {
  const list = element('messages');
  const atEnd = !opened || list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const older = found.messageCount - found.messages.length;
  const items = found.messages.map((message) => ({
    message,
    closed,
    // Only those who are spoken of: when others come or go, the message stays as it is shown.
    people: Object.fromEntries([message.sender, message.initiator, ...(message.participants ?? [])]
      .filter((user) => user && people[user.id]).map((user) => [user.id, people[user.id]])),
    readers: found.receipts.filter((receipt) => receipt.messageId === message.id && people[receipt.user])
      .map((receipt) => nameOf(people[receipt.user])),
  }));
  if (older > 0) items.unshift({ older });
  showItems(list, items, (item) => item.message?.id ?? 'older', (item) => item.message
    ? messageElement(item, actions)
    : make('li', { className: 'system', text: `${item.older} older messages are not shown.` }));
  if (atEnd) list.scrollTop = list.scrollHeight;
  opened = true;
}
