/** Timers in the order in which they are due: a binary heap, because a world of a thousand services has thousands. */

export interface Timer {
  at: number;
  /** Decides between timers that are due at the same time: the lower is first. */
  order: number;
  run: () => void;
  cancelled: boolean;
}

export interface TimerQueue {
  add(timer: Timer): void;
  /** The one that is due first and not cancelled. It stays. */
  first(): Timer | undefined;
  /** Takes it out. */
  removeFirst(): void;
}

export function timerQueue(): TimerQueue {
  /** No timer is due before the one at half its place; the place 0 is not used. */
  const heap: (Timer | undefined)[] = [undefined];

  function rise(timer: Timer) {
    let place = heap.length;
    for (let parent = heap[place >> 1]; parent && before(timer, parent); parent = heap[place >> 1]) {
      heap[place] = parent;
      place >>= 1;
    }
    heap[place] = timer;
  }

  function sink(timer: Timer) {
    let place = 1;
    for (;;) {
      const [left, right] = [heap[2 * place], heap[2 * place + 1]];
      const child = left && right && before(right, left) ? 2 * place + 1 : 2 * place;
      const earlier = heap[child];
      if (!earlier || !before(earlier, timer)) break;
      heap[place] = earlier;
      place = child;
    }
    heap[place] = timer;
  }

  function removeFirst() {
    const last = heap.length > 1 ? heap.pop() : undefined;
    if (last && heap.length > 1) sink(last);
  }

  return {
    add: rise,
    first() {
      while (heap[1]?.cancelled) removeFirst();
      return heap[1];
    },
    removeFirst,
  };
}

const before = (one: Timer, other: Timer) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
