/** Elements, made of names, attributes and children. Text is always text: nothing here can turn it into markup. */

export type Child = Node | string | number | false | null | undefined;
type Value = string | number | boolean | undefined | ((event: never) => void);
export type Attributes = Record<string, Value>;

/** A function is a listener (`onclick`), `true` an empty attribute; `false` and `undefined` are left out. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function filled<Kind extends Element>(element: Kind, attributes: Attributes, children: Child[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  put(element, ...children);
  return element;
}

/** Appends what is there to append. */
export function put(element: Element, ...children: Child[]): void {
  for (const child of children) {
    if (child === undefined || child === null || child === false || child === '') continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

export function show(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  put(element, ...children);
}

/** An element of the page's own HTML. */
export function part(name: string): HTMLElement {
  const found = document.getElementById(name);
  if (!found) throw new Error(`the page has no ${name}`);
  return found;
}

/** A link only where it leads to a web page: an address from outside might be a script. */
export function link(address: string | undefined, text: string): Node {
  return address && /^https?:\/\//.test(address)
    ? h('a', { href: address, target: '_blank', rel: 'noreferrer noopener' }, text)
    : document.createTextNode(text);
}
