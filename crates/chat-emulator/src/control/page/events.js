// What programs are told of: over connections that they keep open, and by a webhook.

import * as eventGrid from './event-grid.js';
import * as notifications from './notifications.js';

export function begin(actor) {
  notifications.begin(actor);
  eventGrid.begin(actor);
}

export async function refresh() {
  await Promise.all([notifications.refresh(), eventGrid.refresh()]);
  // Connections come and go without a request that anybody could see.
  return 1000;
}
