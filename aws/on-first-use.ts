/** Parts that are made when they are first asked for, once. */

/** The same as an object of what the functions answer, but none is called before its part is read. */
export function onFirstUse<Makers extends Readonly<Record<string, () => unknown>>>(makers: Makers) {
  const parts = {};
  for (const [name, make] of Object.entries(makers)) {
    Object.defineProperty(parts, name, {
      enumerable: true,
      configurable: true,
      get() {
        const value = make();
        Object.defineProperty(parts, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return parts as { readonly [Name in keyof Makers]: ReturnType<Makers[Name]> };
}
