/** Log events by group and stream, bounded: the oldest lines and streams are forgotten first. */
import type { Clock } from '../clock.ts';

export interface LogEvent {
  /** Counts up within its stream from 0 and is never reused: what page tokens point to. */
  sequence: number;
  timestamp: number;
  /** From when on it can be read. */
  ingestionTime: number;
  message: string;
}

export interface LogStream {
  name: string;
  creationTime: number;
  nextSequence: number;
  events: LogEvent[];
}

export type LogGroup = Map<string, LogStream>;

/** Writes a line to a stream of a group; both are created when they are not there yet. */
export type Append = (group: string, stream: string, line: string) => void;

const eventsPerStream = 10_000;
const streamsPerGroup = 1000;

export function logStore(clock: Clock, deliveryMs: number) {
  const groups = new Map<string, LogGroup>();

  function streamOf(groupName: string, name: string): LogStream {
    const group: LogGroup = groups.get(groupName) ?? new Map();
    groups.set(groupName, group);
    const known = group.get(name);
    if (known) return known;
    const [oldest] = group.keys();
    if (group.size >= streamsPerGroup && oldest !== undefined) group.delete(oldest);
    const stream = { name, creationTime: clock.now(), nextSequence: 0, events: [] };
    group.set(name, stream);
    return stream;
  }

  const append: Append = (group, name, message) => {
    const stream = streamOf(group, name);
    const timestamp = clock.now();
    stream.events.push({
      sequence: stream.nextSequence,
      timestamp,
      ingestionTime: timestamp + deliveryMs,
      message,
    });
    stream.nextSequence += 1;
    // A tenth more than is kept, so that the array is not copied with every line.
    if (stream.events.length > eventsPerStream * 1.1)
      stream.events.splice(0, stream.events.length - eventsPerStream);
  };

  return {
    append,
    group: (name: string) => groups.get(name),
    /** What a reader sees of a stream: only what has been delivered. */
    delivered: ({ events }: LogStream) => events.filter(({ ingestionTime }) => ingestionTime <= clock.now()),
  };
}

export type LogStore = ReturnType<typeof logStore>;
