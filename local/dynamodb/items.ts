/** The items of a table, in memory: where dynalite keeps them, and where requests that do not need dynalite find them. */
import { Readable } from 'node:stream';

/** Attribute values by name. Never changed in place: another item takes its place. */
export type Item = Readonly<Record<string, Value>>;
export type Value = Readonly<Record<string, unknown>>;

type Done<Result = void> = (error: unknown, result?: Result) => void;

interface Range {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  limit?: number;
}

type Lock = { isLocked(key: string): boolean };

/** An item as it was, and as it is: one of them is missing where it was made or deleted. */
export interface ItemChange {
  before: Item | undefined;
  after: Item | undefined;
}

/** `items` is by dynalite's keys, in whose order it scans. `lock` is dynalite's own. */
export function itemsOf(lock: Lock, changed: (change: ItemChange) => void) {
  const items = new Map<string, Item>();
  const put = (key: string, after: Item) => {
    const before = items.get(key);
    items.set(key, after);
    changed({ before, after });
  };
  const remove = (key: string) => {
    const before = items.get(key);
    if (items.delete(key)) changed({ before, after: undefined });
  };
  const later = <Result>(done: Done<Result>, result?: Result) => setImmediate(done, null, result);

  return {
    items,
    put,
    remove,
    /** Somebody is between reading and writing. */
    isLocked: (key: string) => lock.isLocked(key),

    /** As dynalite calls its own. */
    database: {
      lock,
      get: (key: string, done: Done<Item>) => later(done, items.get(key)),
      put(key: string, item: Item, done: Done) {
        put(key, item);
        later(done);
      },
      del(key: string, done: Done) {
        remove(key);
        later(done);
      },
      createValueStream: ({ gt, gte, lt, lte, reverse = false, limit = -1 }: Range = {}) => {
        const keys = [...items.keys()]
          .filter(
            (key) =>
              (gt === undefined || key > gt) &&
              (gte === undefined || key >= gte) &&
              (lt === undefined || key < lt) &&
              (lte === undefined || key <= lte),
          )
          .sort();
        if (reverse) keys.reverse();
        return Readable.from(keys.slice(0, limit < 0 ? undefined : limit).map((key) => items.get(key)));
      },
    },
  };
}

export type Items = ReturnType<typeof itemsOf>;
