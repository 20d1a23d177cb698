/** Log lines counted by CloudWatch Logs Insights: started, waited for, and given up where it takes too long. */
import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { Throttled, Transient } from '../core/errors.ts';
import { countField, type LogQuery } from '../core/judge/log-lines.ts';
import { calling } from './calling.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Points } from './cloudwatch.ts';
import type { Means } from './means.ts';
import { perPlace } from './per-place.ts';

/** Less than half of what a function has: the answer of a look must not be lost with it. */
const patienceMs = 12_000;
const pollMs = 1000;
const mostRows = 10_000;

/** The counts of each query by its id, and why those are missing that are. */
export interface LogCounts {
  found: Record<string, Points>;
  unread: Record<string, string>;
}

/** Of the place where an environment is. */
export const logCounts = (means: Means) => perPlace(means, (makeClient) => logCountsOf(makeClient, means));

function logCountsOf(makeClient: ClientMaker, { now, wait }: Pick<Means, 'now' | 'wait'>) {
  const client = makeClient(CloudWatchLogsClient, {});

  async function counted(
    { logGroups, text }: LogQuery,
    { from, until }: LogQuery['before'][number],
    deadline: number,
  ): Promise<Points> {
    const start = new StartQueryCommand({
      logGroupNames: [...logGroups],
      // In seconds, both inclusive.
      startTime: from / 1000,
      endTime: until / 1000 - 1,
      queryString: text,
      limit: mostRows,
    });
    const { queryId } = await calling('StartQuery', () => client.send(start));
    for (;;) {
      const { status, results = [] } = await calling('GetQueryResults', () =>
        client.send(new GetQueryResultsCommand({ queryId })),
      ).catch(retryable);
      if (status === 'Complete') return results.map(pointOf);
      if (status && status !== 'Scheduled' && status !== 'Running')
        throw new Unread(`Logs Insights ended the query: ${status}`);
      if (now() + pollMs > deadline) break;
      await wait(pollMs);
    }
    // It would go on, and be billed, without anybody who reads it.
    await client.send(new StopQueryCommand({ queryId })).catch(() => undefined);
    throw new Unread(`Logs Insights did not answer within ${patienceMs / 1000} s`);
  }

  /** What is older is not read before it matters: that is most of what is billed. */
  async function pointsOf(query: LogQuery, deadline: number): Promise<Points> {
    const { before, after, enough } = query;
    const newest = after ? await counted(query, after, deadline) : [];
    const lines = newest.reduce((sum, [, count]) => sum + count, 0);
    if (lines < enough) throw new Unread(`${lines} of its lines since the deployment fail nothing yet`);
    const older = await Promise.all(before.map((span) => counted(query, span, deadline)));
    return [...older.flat(), ...newest];
  }

  return {
    /**
     * What cannot be counted in time has no points, and is said why: it is not the same as no lines. So is what need not be
     * counted yet. Reads only; a repeated call reads, and is billed, again. At most three queries for each metric of logs.
     */
    async count(queries: readonly LogQuery[]): Promise<LogCounts> {
      const counts: LogCounts = { found: {}, unread: {} };
      const deadline = now() + patienceMs;
      await Promise.all(
        queries.map(async (query) => {
          try {
            counts.found[query.id] = await pointsOf(query, deadline);
          } catch (error) {
            counts.unread[query.id] = why(error as Error, query);
          }
        }),
      );
      return counts;
    },
  };
}

class Unread extends Error {}

/** A poll that fails is made again: the query goes on meanwhile. */
function retryable(error: unknown): { status?: undefined; results?: undefined } {
  if (error instanceof Transient || error instanceof Throttled) return {};
  throw error;
}

function why({ name, message }: Error, { logGroups }: LogQuery): string {
  const groups = logGroups.join(', ');
  if (name === 'AccessDeniedException')
    return `${groups} may not be read: deploy Tidegate with this configuration, and add the permission to the role where the environment has one`;
  if (name === 'ResourceNotFoundException') return `there is no log group ${groups}`;
  return message;
}

/** `bin(1m)` is when, in UTC and without saying so. */
function pointOf(row: ResultField[]): [number, number] {
  const of = (isMeant: (field: string) => boolean) =>
    row.find(({ field = '' }) => isMeant(field))?.value ?? '';
  const at = Date.parse(`${of((field) => field.startsWith('bin(')).replace(' ', 'T')}Z`);
  const lines = Number(of((field) => field === countField) || Number.NaN);
  if (Number.isNaN(at + lines)) throw new Unread('Logs Insights answered no counts by the period');
  return [at, lines];
}
