/**
 * Logs Insights, as far as lines are counted with it: a query runs for a while over what has been delivered, and is asked for.
 * What the local world does not know is refused as a malformed query is.
 */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { type CountQuery, parseQuery } from './insights-query.ts';
import type { LogStore } from './log-store.ts';

interface StartQueryInput {
  logGroupName?: string;
  logGroupNames?: string[];
  logGroupIdentifiers?: string[];
  /** Seconds since the epoch, both inclusive. */
  startTime: number;
  endTime: number;
  queryString: string;
  limit?: number;
}

interface Query {
  count: CountQuery;
  groups: string[];
  startTime: number;
  endTime: number;
  limit: number;
  startedAt: number;
  stopped: boolean;
}

/** AWS says of no query how long it takes: a poll at once finds it running. */
const scheduledMs = 300;
const runningMs = 1500;
/** Of an account and Region. */
const mostConcurrent = 30;
const mostKept = 1000;
const mostGroups = 50;
const defaultLimit = 10_000;

export function insights(store: LogStore, clock: Clock) {
  const queries = new Map<string, Query>();

  const statusOf = ({ startedAt, stopped }: Query) => {
    if (stopped) return 'Cancelled';
    const age = clock.now() - startedAt;
    if (age < scheduledMs) return 'Scheduled';
    return age < runningMs ? 'Running' : 'Complete';
  };
  const isActive = (query: Query) => ['Scheduled', 'Running'].includes(statusOf(query));
  const found = (queryId: string) => {
    const query = queries.get(queryId);
    if (!query) throw new AwsError('ResourceNotFoundException', 'The specified query does not exist.');
    return query;
  };

  return {
    StartQuery(input: StartQueryInput) {
      const { startTime, endTime, queryString, limit = defaultLimit } = input;
      const groups = groupsOf(input);
      if (startTime > endTime)
        throw new AwsError('InvalidParameterException', 'Query’s end time is before its start time.');
      if (limit < 1 || limit > 10_000)
        throw new AwsError('InvalidParameterException', 'limit must be between 1 and 10000.');
      for (const name of groups)
        if (!store.group(name))
          throw new AwsError('ResourceNotFoundException', `Log group '${name}' does not exist.`);
      const count = parseQuery(queryString);
      if (queries.values().filter(isActive).toArray().length >= mostConcurrent)
        throw new AwsError('LimitExceededException', 'Account maximum query concurrency limit reached.');
      const queryId = randomUUID();
      const startedAt = clock.now();
      queries.set(queryId, { count, groups, startTime, endTime, limit, startedAt, stopped: false });
      const [oldest] = queries.keys();
      if (queries.size > mostKept && oldest !== undefined) queries.delete(oldest);
      return { queryId };
    },

    GetQueryResults({ queryId }: { queryId: string }) {
      const query = found(queryId);
      const status = statusOf(query);
      if (status !== 'Complete') return { queryLanguage: 'CWLI', results: [], status };
      return { queryLanguage: 'CWLI', status, ...resultsOf(query, store) };
    },

    StopQuery({ queryId }: { queryId: string }) {
      const query = found(queryId);
      if (!isActive(query))
        throw new AwsError('InvalidParameterException', 'The query is not running: it has ended.');
      query.stopped = true;
      return { success: true };
    },
  };
}

function groupsOf({ logGroupName, logGroupNames, logGroupIdentifiers }: StartQueryInput): string[] {
  const given = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter((one) => !!one);
  const [groups] = given;
  if (given.length !== 1 || !groups || groups.length === 0 || groups.length > mostGroups)
    throw new AwsError(
      'InvalidParameterException',
      'Exactly one of logGroupName, logGroupNames and logGroupIdentifiers is needed, of at most 50 log groups.',
    );
  return groups.map((name) => name.split(':log-group:').at(-1)?.replace(/:\*$/, '') ?? name);
}

/** Rows in no order that anybody should rely on: the newest first. A bin without lines has no row. */
function resultsOf({ count, groups, startTime, endTime, limit }: Query, store: LogStore) {
  const [from, until] = [startTime * 1000, endTime * 1000 + 999];
  const bins = new Map<number, number>();
  let [scanned, matched, bytes] = [0, 0, 0];
  for (const name of groups)
    for (const stream of store.group(name)?.values() ?? [])
      for (const { timestamp, message } of store.delivered(stream)) {
        if (timestamp < from || timestamp > until) continue;
        scanned++;
        bytes += Buffer.byteLength(message);
        if (!count.matches(message)) continue;
        matched++;
        const bin = Math.floor(timestamp / count.binMs) * count.binMs;
        bins.set(bin, (bins.get(bin) ?? 0) + 1);
      }
  const rows = [...bins].toSorted(([one], [other]) => other - one).slice(0, limit);
  return {
    results: rows.map(([at, lines]) => [
      { field: count.binField, value: new Date(at).toISOString().replace('T', ' ').replace('Z', '') },
      { field: count.countField, value: String(lines) },
    ]),
    statistics: { recordsScanned: scanned, recordsMatched: matched, bytesScanned: bytes },
  };
}
