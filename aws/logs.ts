/** The last words of a task, from CloudWatch Logs. */
import { stripVTControlCharacters } from 'node:util';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { foreignText } from '../core/source/foreign-text.ts';
import { calling, isAwsError } from './calling.ts';
import type { ClientMaker } from './client-maker.ts';
import type { Means } from './means.ts';
import { perPlace } from './per-place.ts';

/** Of the place where an environment is. */
export const logs = (means: Means) => perPlace(means, logsOf);

function logsOf(makeClient: ClientMaker) {
  const client = makeClient(CloudWatchLogsClient, {});
  return {
    /** The last lines of a stream, oldest first, each cut to 300 characters. Empty where there is no such stream; says so where the group may not be read. */
    async tail(logGroupName: string, logStreamName: string, lines: number): Promise<string[]> {
      const command = new GetLogEventsCommand({
        logGroupName,
        logStreamName,
        limit: lines,
        startFromHead: false,
      });
      try {
        const { events = [] } = await calling('GetLogEvents', () => client.send(command));
        return events.flatMap(
          ({ message = '' }) => foreignText(stripVTControlCharacters(message), 300) ?? [],
        );
      } catch (error) {
        if (isAwsError(error, 'ResourceNotFoundException')) return [];
        // What failed is worth more than what it said.
        if (isAwsError(error, 'AccessDeniedException'))
          return [
            `(not readable: add ${logGroupName} to logGroups in tidegate.config.ts, and deploy it; to the role, too, where it is elsewhere)`,
          ];
        throw error;
      }
    },
  };
}
