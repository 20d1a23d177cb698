/** The part of a `ConsoleSource` that Step Functions answers, asked through its API. */
import type { HistoryEvent } from '../asl/index.ts';
import { AwsError, type AwsService } from '../aws-service.ts';
import type { ConsoleSource, SeenExecution } from './source.ts';

/** The newest so many executions are shown. */
const shownExecutions = 100;
const pageSize = 1000;

/**
 * Reads the executions of one state machine. Only reads: may be asked at any time.
 * `recorded` answers how Tidegate recorded the end of an execution, where that is known.
 */
export function stepFunctions(
  { operations }: Pick<AwsService, 'operations'>,
  stateMachineArn: string,
  recorded: (executionArn: string) => SeenExecution['recorded'] = () => undefined,
): Pick<ConsoleSource, 'executions' | 'execution' | 'definition' | 'history'> {
  // biome-ignore lint/suspicious/noExplicitAny: AWS's own answers
  const ask = async (operation: string, input: object): Promise<any> => operations[operation]?.(input);

  const describe = async (executionArn: string): Promise<SeenExecution> => ({
    ...(await ask('DescribeExecution', { executionArn })),
    recorded: recorded(executionArn),
  });

  return {
    async executions() {
      const { executions } = await ask('ListExecutions', { stateMachineArn, maxResults: shownExecutions });
      return Promise.all(executions.map((one: SeenExecution) => describe(one.executionArn)));
    },

    execution: (executionArn) =>
      describe(executionArn).catch((error) => {
        const unknown = ['ExecutionDoesNotExist', 'InvalidArn'];
        if (error instanceof AwsError && unknown.includes(error.code)) return undefined;
        throw error;
      }),

    async definition(executionArn) {
      return (await ask('DescribeStateMachineForExecution', { executionArn })).definition;
    },

    async history(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ask('GetExecutionHistory', {
          executionArn,
          maxResults: pageSize,
          ...(nextToken && { nextToken }),
        });
        events.push(...page.events);
        nextToken = page.nextToken;
      } while (nextToken);
      return events;
    },
  };
}
