type Child = Node | string;

/** Makes an element; an attribute that is `true` is present without a value, one that is `false` is absent. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Readonly<Record<string, string | boolean>> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

export function link(href: string, text: string): HTMLAnchorElement {
  return element('a', { href }, text);
}

/** An element of index.html. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`index.html has no element with the id '${id}'`);
  }
  return found;
}

/** Tells everybody what happened, those who do not see the page too. */
export function announce(message: string): void {
  byId('status').textContent = message;
}
