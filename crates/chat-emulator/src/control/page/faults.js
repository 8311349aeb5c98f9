// Misbehaviour on command.

import { ask } from './api.js';
import { button, element, make, showIf, showItems } from './dom.js';

const presets = {
  429: { kind: 'status', status: 429, retryAfter: { seconds: 2 } },
  503: { kind: 'status', status: 503 },
  lost: { kind: 'resetAfterExecution' },
  slow: { kind: 'delay', delaySeconds: 5 },
  lag: { kind: 'listLag', seconds: 10 },
  'event-lost': { kind: 'lostEvent' },
  'event-doubled': { kind: 'duplicatedEvent' },
  'event-reordered': { kind: 'reorderedEvent' },
  'event-late': { kind: 'lateEvent', seconds: 10 },
  'notification-lost': { kind: 'lostNotification' },
  'notification-doubled': { kind: 'duplicatedNotification' },
  'no-pong': { kind: 'noPong' },
  deprecated: { kind: 'status', status: 403, skypetokenDeprecated: true, operation: 'allocateNotificationEndpoint' },
};

const operations = [
  'createChatThread', 'listChatThreads', 'getChatThreadProperties', 'updateChatThreadProperties', 'deleteChatThread',
  'sendChatMessage', 'listChatMessages', 'getChatMessage', 'updateChatMessage', 'deleteChatMessage',
  'addChatParticipants', 'listChatParticipants', 'removeChatParticipant',
  'sendChatReadReceipt', 'listChatReadReceipts', 'sendTypingNotification',
];

let act;

export function begin(actor) {
  act = actor;
  const option = (value, text) => make('option', { value, text });
  element('operation').append(option('', 'any'), ...operations.map((id) => option(id, id)));
  element('inject').addEventListener('submit', (event) => {
    event.preventDefault();
    const fault = { ...presets[element('preset').value] };
    if (element('operation').value) fault.operation = element('operation').value;
    if (element('times').value) fault.times = Number(element('times').value);
    act(() => ask('faults', 'POST', fault));
  });
  element('clear-faults').addEventListener('click', () => act(() => ask('faults', 'DELETE')));
}

export async function refresh() {
  const { faults } = await ask('faults');
  showIf(element('no-faults'), faults.length === 0);
  element('clear-faults').disabled = faults.length === 0;
  showItems(element('fault-list'), faults, (fault) => fault.id, ({ id, ...fault }) =>
    make('li', {},
      make('strong', { text: `Fault ${id}` }),
      make('code', { text: JSON.stringify(fault) }),
      button('Remove', () => act(() => ask(`faults/${id}`, 'DELETE')), { ariaLabel: `Remove fault ${id}` })));
}
