/** FilterLogEvents: the lines of many streams in order of time, with plain terms as the filter. */
import { AwsError } from '../aws-service.ts';
import type { LogGroup, LogStore } from './log-store.ts';

interface FilterLogEventsInput {
  logStreamNames?: string[];
  logStreamNamePrefix?: string;
  /** Milliseconds since the epoch, inclusive. */
  startTime?: number;
  /** Milliseconds since the epoch, inclusive. */
  endTime?: number;
  filterPattern?: string;
  limit?: number;
  nextToken?: string;
}

export function filterLogEvents(store: LogStore, input: FilterLogEventsInput, group: LogGroup) {
  const { logStreamNames, logStreamNamePrefix, limit = 10_000, nextToken = '0' } = input;
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
  if (logStreamNames && logStreamNamePrefix) {
    throw new AwsError(
      'InvalidParameterException',
      'Cannot specify both logStreamNames and logStreamNamePrefix.',
    );
  }
  const terms = termsOf(input.filterPattern ?? '');
  const matching = [...group.values()]
    .filter(({ name }) => logStreamNames?.includes(name) ?? name.startsWith(logStreamNamePrefix ?? ''))
    .flatMap((stream) => store.delivered(stream).map((event) => ({ ...event, logStreamName: stream.name })))
    .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
    .filter(({ message }) => terms.every((term) => message.includes(term)))
    .sort((one, other) => one.timestamp - other.timestamp);

  const start = Number(nextToken);
  const end = start + limit;
  return {
    events: matching.slice(start, end).map(({ sequence, ...event }) => ({
      ...event,
      eventId: `${event.logStreamName}/${sequence}`,
    })),
    searchedLogStreams: [],
    ...(end < matching.length && { nextToken: String(end) }),
  };
}

/** Words, or "quoted phrases"; all must be in the line, case and all. */
function termsOf(pattern: string): string[] {
  if (/^\s*[{[%]|(^|\s)[?-]/.test(pattern)) {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid filter pattern ${pattern}: the local world does plain terms only, no JSON, columns, regular expressions, ? or -`,
    );
  }
  return [...pattern.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
}
