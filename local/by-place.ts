/** One of something for each account and Region, made when it is first asked for. */
import type { Place } from '../core/place.ts';

export interface ByPlace<Model> {
  at(place: Place): Model;
  all(): Model[];
}

export function byPlace<Model>(make: (place: Place) => Model): ByPlace<Model> {
  const made = new Map<string, Model>();
  return {
    at(place) {
      const key = `${place.account}/${place.region}`;
      const model = made.get(key) ?? make(place);
      made.set(key, model);
      return model;
    },
    all: () => [...made.values()],
  };
}
