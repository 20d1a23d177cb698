/** The recorded cases, and one execution of them on a virtual clock. */
import { readFileSync } from 'node:fs';
import {
  type Call,
  type Execution,
  type HistoryEvent,
  lambdaError,
  startExecution,
  taskError,
} from '../../local/asl/index.ts';
import { type VirtualClock, virtualClock } from '../../local/clock.ts';

// biome-ignore lint/suspicious/noExplicitAny: cases are data in the corpus's own format
export type Case = Record<string, any> & { id: string; kind: string };

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/asl/${file}`, import.meta.url), 'utf8'));

/** Id of a case, and why it does not pass. */
export const notRun: Record<string, string> = read('not-run.json');

export const allCases = (): Case[] => ['corpus-shared.json', 'corpus-doc.json'].flatMap(read);

export const cases = (kind: string): Case[] => allCases().filter((one) => one.kind === kind);

/** What an execution did, and when its functions were called. */
export interface Ran {
  execution: Execution;
  calls: { functionName: string; at: number }[];
}

export async function runCase(one: Case): Promise<Ran> {
  const clock = virtualClock();
  const calls: Ran['calls'] = [];
  const callbacks = [...(one.callbacks ?? [])];

  const execution = startExecution({
    definition: one.definition,
    input: one.input,
    clock,
    ...(one.executionName === undefined ? {} : { name: one.executionName }),
    async invoke(call) {
      const nth = calls.filter(({ functionName }) => functionName === call.functionName).length;
      calls.push({ functionName: call.functionName, at: clock.now() });
      const { token } = call;
      if (token !== undefined) void sendAll(callbacks.shift()?.steps ?? [], token);
      return behave(one.lambda[call.functionName], call, nth, clock);
    },
  });

  async function sendAll(steps: Record<string, unknown>[], token: string) {
    const start = clock.now();
    for (const [index, { atSeconds = (index + 1) / 10, ...step }] of steps.entries()) {
      clock.after(start + Number(atSeconds) * 1000 - clock.now(), () => send(execution, token, step));
    }
  }

  if (one.stop) clock.after(1000, () => execution.stop(one.stop));
  await clock.until(() => execution.status !== 'RUNNING', 400 * 86_400_000);
  return { execution, calls };
}

const given = (reason: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(reason).flatMap(([key, text]) => (text === undefined ? [] : [[key, String(text)]])),
  );

/** The tokens of a recording that come too late are AWS's business, not the test's. */
function send(
  execution: Execution,
  token: string,
  { action, output, error, cause }: Record<string, unknown>,
) {
  if (execution.status !== 'RUNNING') return;
  if (action === 'heartbeat') execution.sendTaskHeartbeat(token);
  if (action === 'success') execution.sendTaskSuccess(token, output);
  if (action === 'failure') execution.sendTaskFailure(token, given({ error, cause }));
}

async function behave(
  behaviour: Case['lambda'],
  call: Call,
  nth: number,
  clock: VirtualClock,
): Promise<unknown> {
  switch (behaviour?.kind) {
    case 'identity':
      if (behaviour.afterSeconds)
        await new Promise<void>((resolve) => clock.after(behaviour.afterSeconds * 1000, resolve));
      return call.payload;
    case 'constant':
      return behaviour.value;
    case 'constantRepeat':
      return behaviour.char.repeat(behaviour.count);
    case 'throw': {
      const { errorType, errorMessage } = behaviour;
      throw lambdaError({ errorMessage, errorType, requestId: `request-${nth}`, stackTrace: [] });
    }
    case 'recorded': {
      const { fail, ...rest } = behaviour.calls[Math.min(nth, behaviour.calls.length - 1)];
      if (!fail) return rest.return;
      throw taskError(fail.error, typeof fail.cause === 'string' ? fail.cause : JSON.stringify(fail.cause));
    }
    default:
      throw taskError('Lambda.ResourceNotFoundException', `Function not found: ${call.functionName}`);
  }
}

/** An event as the recordings write it: its details beside its type, and JSON text as what it says. */
export function flat({ id, previousEventId, type, timestamp: _, ...details }: HistoryEvent) {
  const fields: Record<string, unknown> = Object.assign({}, ...Object.values(details));
  for (const field of ['input', 'output', 'parameters']) {
    if (field in fields) fields[field] = JSON.parse(String(fields[field]));
  }
  if (fields.assignedVariables) {
    const variables = Object.entries(fields.assignedVariables).map(([name, text]) => [
      name,
      JSON.parse(text),
    ]);
    fields.assignedVariables = Object.fromEntries(variables);
  }
  return { ...fields, id, prev: previousEventId, type };
}
