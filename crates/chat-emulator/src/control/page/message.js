// One message of a thread. Its content is shown as it was written: HTML is never rendered.

import { button, dateTime, make, nameOf } from './dom.js';

function describe(message, name) {
  const people = () => message.participants.map(name).join(', ');
  switch (message.type) {
    case 'topicUpdated': return `${name(message.initiator)} set the topic to “${message.topic}”`;
    case 'participantAdded': return `${name(message.initiator)} added ${people()}`;
    case 'participantRemoved': return `${name(message.initiator)} removed ${people()}`;
    default: return message.type;
  }
}

/** `people` are the participants by id; `readers` the names of those who have read as far as this. */
export function messageElement({ message, people, readers, closed }, actions) {
  const name = (user) => nameOf({ ...people[user.id], ...user, displayName: user.displayName ?? people[user.id]?.displayName });
  const read = readers.length === 0 ? [] : [make('div', { className: 'note', text: `Read by ${readers.join(', ')}` })];
  if (!message.sender) {
    return make('li', { className: 'system', title: message.createdOn },
      make('div', { text: describe(message, name) }), ...read);
  }
  const notes = [dateTime(message.createdOn)];
  const sender = name({ ...message.sender, displayName: message.senderDisplayName || undefined });
  if (message.senderDisplayName && message.senderDisplayName !== sender) notes.push(`as “${message.senderDisplayName}”`);
  if (message.type !== 'text') notes.push('HTML');
  if (message.editedOn) notes.push(`edited ${dateTime(message.editedOn)}`);
  if (message.deletedOn) notes.push(`deleted ${dateTime(message.deletedOn)}`);
  const metadata = Object.entries(message.metadata).map(([key, value]) => `${key}: ${value}`);
  const parts = [
    make('span', { className: 'by', text: sender, title: message.sender.id }),
    make('span', { className: 'note', text: notes.join(' · ') }),
    make('div', { className: 'text', text: message.deletedOn ? 'Deleted' : message.content }),
  ];
  if (metadata.length > 0) parts.push(make('div', { className: 'note metadata', text: metadata.join(' · ') }));
  const attached = message.attachments.map(({ type, name, id }) => `${type} ${name ?? id}`);
  if (attached.length > 0) parts.push(make('div', { className: 'note', text: `Attached: ${attached.join(', ')}` }));
  if (!closed) parts.push(tools(message, actions));
  return make('li', { className: message.deletedOn ? 'deleted' : '', title: `message ${message.id}` }, ...parts, ...read);
}

function tools(message, { edit, remove, read }) {
  const made = [button('Mark read', () => read(message), { title: 'As the user who is chosen below' })];
  if (!message.deletedOn) made.push(button('Edit', () => edit(message)), button('Delete', () => remove(message)));
  return make('div', { className: 'tools' }, ...made);
}
