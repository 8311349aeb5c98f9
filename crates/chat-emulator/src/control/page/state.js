// The clock, snapshots and the reset.

import { ask } from './api.js';
import { button, dateTime, element, make, setText, showIf, showItems } from './dom.js';

let act;

export function begin(actor) {
  act = actor;
  for (const advance of document.querySelectorAll('[data-advance]')) {
    advance.addEventListener('click', () =>
      act(() => ask('clock', 'POST', { advanceSeconds: Number(advance.dataset.advance) })));
  }
  element('take-snapshot').addEventListener('click', () => act(() => ask('snapshots', 'POST')));
  element('reset').addEventListener('click', () => {
    if (confirm('Bring everything back as it was in the beginning?')) act(() => ask('reset', 'POST'));
  });
}

export async function refresh() {
  const [clock, { snapshots }] = await Promise.all([ask('clock'), ask('snapshots')]);
  setText(element('now'), dateTime(clock.now));
  element('now').dateTime = clock.now;
  const hours = (clock.advancedSeconds / 3600).toFixed(1);
  setText(element('offset'), clock.advancedSeconds === 0 ? '' : `moved ${hours} h ahead`);
  showIf(element('no-snapshots'), snapshots.length === 0);
  showItems(element('snapshots'), snapshots, (snapshot) => snapshot.id, ({ id }) =>
    make('li', {},
      make('strong', { text: `Snapshot ${id}` }),
      button('Restore', () => act(() => ask(`snapshots/${id}/restore`, 'POST')), { ariaLabel: `Restore snapshot ${id}` }),
      button('Remove', () => act(() => ask(`snapshots/${id}`, 'DELETE')), { ariaLabel: `Remove snapshot ${id}` })));
  return 1000;
}
