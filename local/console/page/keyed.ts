/** Lists that are drawn again and again: what did not change keeps its element, and with it focus and open details. */

/** Answers a function that brings the children of `parent` in line with the items. */
export function keyed<Item>(parent: Element, keyOf: (item: Item) => string, draw: (item: Item) => Element) {
  const drawn = new Map<string, { text: string; element: Element }>();

  return (items: readonly Item[]): void => {
    const elements = items.map((item) => {
      const [key, text] = [keyOf(item), JSON.stringify(item)];
      const known = drawn.get(key);
      if (known?.text === text) return known.element;
      const element = draw(item);
      if (known?.element.isConnected) replaceKeepingFocus(known.element, element);
      drawn.set(key, { text, element });
      return element;
    });
    const keys = new Set(items.map(keyOf));
    for (const [key, { element }] of drawn) {
      if (keys.has(key)) continue;
      element.remove();
      drawn.delete(key);
    }
    elements.forEach((element, index) => {
      if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    });
  };
}

function replaceKeepingFocus(old: Element, next: Element) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(next);
  if (focused) next.querySelector<HTMLElement>('a, button, summary')?.focus();
}
