// Small tools for the document. All text goes in as text, never as markup.

export const element = (id) => document.getElementById(id);

/** Makes an element with properties and children. */
export function make(tag, { className = '', text = '', ...properties } = {}, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/** A button that says what went wrong if its action fails. */
export function button(text, action, properties = {}) {
  const made = make('button', { text, type: 'button', ...properties });
  made.addEventListener('click', () => attempt(action));
  return made;
}

/**
 * Shows `items` in `list`, one element each. What has not changed keeps its element, and with it the focus and
 * the selection of text in it. Says whether anything changed.
 */
export function showItems(list, items, keyOf, render) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let changed = old.size !== items.length;
  const elements = items.map((item) => {
    const key = String(keyOf(item));
    const version = JSON.stringify(item);
    const known = old.get(key);
    if (known && known.shownVersion === version) return known;
    changed = true;
    const made = render(item);
    made.dataset.key = key;
    made.shownVersion = version;
    return made;
  });
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const focusedKey = focused?.closest('[data-key]')?.dataset.key;
  const position = focused ? focusable(focused.closest('[data-key]')).indexOf(focused) : -1;
  const wanted = new Set(elements);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((made, index) => {
    if (list.children[index] !== made) list.insertBefore(made, list.children[index] ?? null);
  });
  if (focusedKey && document.activeElement !== focused) {
    focusable(elements.find((made) => made.dataset.key === focusedKey))[position]?.focus();
  }
  return changed;
}

function focusable(root) {
  return root ? [...root.querySelectorAll('a, button')] : [];
}

/** Sets a text where it differs, so that a selection in it stays. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function showIf(target, shown, text) {
  target.hidden = !shown;
  if (text !== undefined) setText(target, text);
}

/** Carries out an action of the user. What goes wrong is said. */
export async function attempt(action) {
  try {
    await action();
    element('notice').hidden = true;
  } catch (error) {
    notify(error.message);
  }
}

export function notify(text) {
  element('notice').textContent = text;
  element('notice').hidden = false;
}

export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    // Only pages of this machine, or of https, have a clipboard.
    throw new Error('The browser does not let this page copy; select the text instead.');
  }
  setText(element('status'), 'Copied');
}

export function time(text) {
  return new Date(text).toLocaleTimeString();
}

export function dateTime(text) {
  return new Date(text).toLocaleString();
}

/** What people call a user: a name from the seed, a display name, or the end of the id. */
export function nameOf(user) {
  return user.name || user.displayName || `…${user.id.slice(-12)}`;
}
