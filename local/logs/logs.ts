/** CloudWatch Logs as far as containers write to it and releases read from it. */
import { AwsError, type AwsService } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { insights } from './insights.ts';
import { type Append, type LogGroup, type LogStore, type LogStream, logStore } from './log-store.ts';

export interface Logs {
  service: AwsService;
  append: Append;
}

interface LogsOptions {
  clock: Clock;
  /** From a line's being written to its being readable. The log driver of ECS sends every 5 seconds. */
  deliverySeconds?: number;
}

export function logs({ clock, deliverySeconds = 5 }: LogsOptions): Logs {
  const store = logStore(clock, deliverySeconds * 1000);
  return {
    append: store.append,
    service: {
      target: 'Logs_20140328',
      operations: {
        GetLogEvents: (input: GetLogEventsInput) => getLogEvents(store, input),
        FilterLogEvents: (input: Parameters<typeof filterLogEvents>[1] & GroupInput) =>
          filterLogEvents(store, input, groupOf(store, input)),
        DescribeLogStreams: (input: DescribeLogStreamsInput) => describeLogStreams(store, input),
        ...insights(store, clock),
      },
    },
  };
}

interface GroupInput {
  logGroupName?: string;
  logGroupIdentifier?: string;
}

interface GetLogEventsInput extends GroupInput {
  logStreamName: string;
  /** Milliseconds since the epoch, inclusive. */
  startTime?: number;
  /** Milliseconds since the epoch, exclusive. */
  endTime?: number;
  limit?: number;
  startFromHead?: boolean;
  nextToken?: string;
}

/** Tokens are `f/<first sequence of the next page>` and `b/<one above the last of the page before>`. */
function getLogEvents(store: LogStore, input: GetLogEventsInput) {
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = 10_000, nextToken } = input;
  const stream = groupOf(store, input).get(input.logStreamName);
  if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const events = store
    .delivered(stream)
    .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);

  const { forward, at } = positionOf(nextToken, input.startFromHead ?? false);
  const page = forward
    ? events.filter(({ sequence }) => sequence >= at).slice(0, limit)
    : events.filter(({ sequence }) => sequence < at).slice(-limit);

  const nothing = Number.isFinite(at) ? at : 0;
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${(page.at(-1)?.sequence ?? nothing - 1) + 1}`,
    nextBackwardToken: `b/${page.at(0)?.sequence ?? nothing}`,
  };
}

function positionOf(token: string | undefined, startFromHead: boolean): { forward: boolean; at: number } {
  if (token === undefined)
    return { forward: startFromHead, at: startFromHead ? 0 : Number.POSITIVE_INFINITY };
  const { direction, at } = /^(?<direction>[fb])\/(?<at>\d+)$/.exec(token)?.groups ?? {};
  if (!direction) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { forward: direction === 'f', at: Number(at) };
}

interface DescribeLogStreamsInput extends GroupInput {
  logStreamNamePrefix?: string;
  orderBy?: 'LogStreamName' | 'LastEventTime';
  descending?: boolean;
  limit?: number;
  nextToken?: string;
}

/** Pages go on after a name, so they hold when streams come and go; by LastEventTime a page may repeat one. */
function describeLogStreams(store: LogStore, input: DescribeLogStreamsInput) {
  const {
    logStreamNamePrefix = '',
    orderBy = 'LogStreamName',
    descending = false,
    limit = 50,
    nextToken,
  } = input;
  if (logStreamNamePrefix && orderBy === 'LastEventTime') {
    throw new AwsError(
      'InvalidParameterException',
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  }
  const lastEvent = ({ events, creationTime }: LogStream) => events.at(-1)?.timestamp ?? creationTime;
  const byName = (one: LogStream, other: LogStream) => (one.name < other.name ? -1 : 1);
  const found = [...groupOf(store, input).values()]
    .filter(({ name }) => name.startsWith(logStreamNamePrefix))
    .sort(
      orderBy === 'LogStreamName'
        ? byName
        : (one, other) => lastEvent(one) - lastEvent(other) || byName(one, other),
    );
  if (descending) found.reverse();

  const start = nextToken === undefined ? 0 : found.findIndex(({ name }) => name === nextToken) + 1;
  const page = found.slice(start, start + limit);
  const more = start + limit < found.length ? page.at(-1)?.name : undefined;
  return {
    logStreams: page.map(({ name, creationTime, events }) => {
      const [first] = events;
      const last = events.at(-1);
      return {
        logStreamName: name,
        creationTime,
        ...(first && { firstEventTimestamp: first.timestamp }),
        ...(last && { lastEventTimestamp: last.timestamp, lastIngestionTime: last.ingestionTime }),
      };
    }),
    ...(more !== undefined && { nextToken: more }),
  };
}

function groupOf(store: LogStore, { logGroupName, logGroupIdentifier }: GroupInput): LogGroup {
  const name = logGroupName ?? logGroupIdentifier?.split(':log-group:').at(-1);
  const group = name === undefined ? undefined : store.group(name);
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}
