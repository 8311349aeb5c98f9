// Who is connected for real-time notifications.

import { ask } from './api.js';
import { button, dateTime, element, make, nameOf, showIf, showItems, time } from './dom.js';

let act;

export function begin(actor) {
  act = actor;
  element('cut-all').addEventListener('click', () => act(() => ask('notifications', 'POST', { cut: {} })));
}

export async function refresh() {
  const [{ clients }, { users }] = await Promise.all([ask('notifications'), ask('users')]);
  const names = new Map(users.map((user) => [user.id, nameOf(user)]));
  const named = clients.map((client) => ({ ...client, name: names.get(client.user) ?? nameOf({ id: client.user }) }));
  showIf(element('no-clients'), clients.length === 0);
  element('cut-all').disabled = clients.length === 0;
  showItems(element('clients'), named, (client) => client.connection, card);
}

function card(client) {
  const { connection, name, user, connectedOn } = client;
  return make('li', {},
    make('strong', { text: name, title: user }),
    make('span', { className: 'facts' },
      make('span', { text: `connected since ${dateTime(connectedOn)}` }),
      ...facts(client).map((text) => make('span', { className: 'quiet', text }))),
    button('Cut', () => act(() => ask('notifications', 'POST', { cut: { connection } })), {
      ariaLabel: `Cut the connection of ${name}`,
    }));
}

function facts({ registeredUntil, answeredOn, status, unacknowledgedLoss }) {
  return [
    registeredUntil ? `registered until ${time(registeredUntil)}` : 'not registered',
    answeredOn ? `last notification answered with ${status} at ${time(answeredOn)}` : 'no notification answered',
    ...(unacknowledgedLoss ? ['told of a loss, not acknowledged'] : []),
  ];
}
