// Events for a webhook, as from Azure Event Grid.

import { ask } from './api.js';
import { element, make, setText, showIf, showItems } from './dom.js';

let act;

export function begin(actor) {
  act = actor;
  element('subscribe').addEventListener('submit', (event) => {
    event.preventDefault();
    act(async () => {
      await ask('event-grid', 'PUT', {
        endpointUrl: element('endpoint').value,
        eventDeliverySchema: element('schema').value,
      });
      // It may have a secret.
      element('endpoint').value = '';
    });
  });
  element('unsubscribe').addEventListener('click', () => act(() => ask('event-grid', 'DELETE')));
  element('clear-dead-letters').addEventListener('click', () => act(() => ask('event-grid/dead-letters', 'DELETE')));
}

const states = {
  validating: 'is asked whether it wants events',
  active: 'gets events',
  refused: 'gets no events',
};

export async function refresh() {
  const [{ subscription }, { deadLetters }] = await Promise.all([ask('event-grid'), ask('event-grid/dead-letters')]);
  showIf(element('no-subscription'), !subscription);
  showIf(element('subscription'), Boolean(subscription));
  if (subscription) {
    setText(element('subscribed-endpoint'), subscription.endpoint);
    setText(element('subscription-state'), `${states[subscription.state]} (${subscription.eventDeliverySchema})`);
    showIf(element('subscription-refusal'), Boolean(subscription.refusal), subscription.refusal ?? '');
    const { published, delivered, waiting, failedAttempts, lost, deadLettered } = subscription;
    setText(element('subscription-counts'), `${published} events, ${delivered} delivered, ${waiting} waiting, `
      + `${failedAttempts} failed deliveries, ${lost} lost, ${deadLettered} given up`);
  }
  showIf(element('no-dead-letters'), deadLetters.length === 0);
  element('clear-dead-letters').disabled = deadLetters.length === 0;
  const newestFirst = deadLetters.map((letter, index) => ({ letter, index })).reverse();
  showItems(element('dead-letters'), newestFirst, ({ letter, index }) => `${letter.id}/${index}`, ({ letter }) =>
    make('li', {},
      make('details', {},
        make('summary', {},
          make('strong', { text: letter.eventType ?? letter.type }),
          ` ${letter.deadLetterReason ?? letter.deadletterreason}`),
        make('pre', { text: JSON.stringify(letter, null, 2) }))));
}
