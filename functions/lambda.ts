/** The one wrapper around every step, on AWS and in the local world alike. */
import middy, { type MiddlewareObj } from '@middy/core';
import * as z from 'zod';
import type { Aws } from '../aws/gateways.ts';
import type { Openers } from '../aws/means.ts';
import type { Opened } from '../aws/open.ts';
import { records } from '../aws/records.ts';
import { slots } from '../aws/slots.ts';
import { abortOf } from '../core/abort.ts';
import { ContractViolation, ReleaseRejected, ScanPending, Transient } from '../core/errors.ts';
import { targetSchema } from '../core/release.ts';
import { answerTask } from './answer-task.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import type { Step } from './step.ts';

/** What the state machine sends: the step's input, and whose it is. */
export interface Payload {
  /** The execution's ARN. */
  execution: string;
  taskToken?: string;
  [input: string]: unknown;
}

/**
 * A step as a Lambda handler. `open` is called once, on the first call.
 * A step that waits may find its answer at once: then its task token is answered here.
 */
export function lambda(step: Step, open: () => Promise<Runtime> = openRuntime) {
  let opened: Promise<Runtime> | undefined;
  const runtime = () => {
    opened ??= open();
    return opened;
  };
  let aws: Opened<Openers> | undefined;
  return middy<Payload, unknown>({
    timeoutEarlyInMillis: 500,
    timeoutEarlyResponse: () => {
      throw new Transient(`${step.name} was stopped 500 ms before its Lambda timeout`);
    },
  })
    .use(logLine(step.name, runtime))
    .use(checkedInput(step))
    .handler(async ({ execution, taskToken = '', ...input }, _context, { signal }) => {
      const { openAws } = await runtime();
      aws ??= openAws<Openers>({ ...step.uses, records, ...(step.aborted && { slots }) });
      const answer =
        (await answerIfAborted(step, input, aws, execution)) ??
        (await step.run(input, aws, { arn: execution, taskToken, signal }));
      if (step.waits && answer === undefined) return { waiting: true };

      const checked = check(step.output, answer, `the answer of ${step.name}`);
      // A step that waits uses `states`: defineStep sees to it.
      const keeping = aws as unknown as Pick<Aws, 'records' | 'states'>;
      if (step.waits) await answerTask(keeping, step, { execution, taskToken }, checked);
      else await keeping.records.note(execution, step.name, checked, input.request);
      return checked;
    });
}

const ofRelease = z.looseObject({ release: z.looseObject({ target: targetSchema }) });

/** Undefined where nobody wants the release stopped, or the step looks for it itself. */
async function answerIfAborted(
  step: Step,
  input: unknown,
  aws: Opened<Openers>,
  execution: string,
): Promise<unknown> {
  if (!step.aborted) return undefined;
  const { target } = ofRelease.parse(input).release;
  const abort = abortOf(await (aws as unknown as Pick<Aws, 'slots'>).slots.look(target), execution);
  return abort && step.aborted(abort);
}

/** What the state machine waits for, or asked for. */
const isAnswer = (error: Error) => error instanceof ScanPending || error instanceof ReleaseRejected;

/** One line and two figures for each call. */
function logLine(name: string, runtime: () => Promise<Runtime>): MiddlewareObj<Payload, unknown> {
  async function write({ execution }: Payload, internal: { startedAt?: number }, error?: Error | null) {
    const { logger, measure } = await runtime();
    const milliseconds = Date.now() - (internal.startedAt ?? Date.now());
    const line = { step: name, execution, milliseconds };
    if (error) logger.warn(`${name}: ${error.message}`, { ...line, error });
    else logger.info(name, line);
    measure('StepDuration', milliseconds, { step: name });
    measure('StepErrors', error && !isAnswer(error) ? 1 : 0, {});
  }
  return {
    before: ({ internal }) => void Object.assign(internal, { startedAt: Date.now() }),
    after: ({ event, internal }) => write(event, internal),
    onError: ({ event, internal, error }) => write(event, internal, error),
  };
}

function checkedInput(step: Step): MiddlewareObj<Payload, unknown> {
  return {
    before: (request) => {
      const { execution, taskToken, ...input } = request.event;
      const checked = check(step.input, input, `the input of ${step.name}`) as Record<string, unknown>;
      request.event = { ...checked, execution, ...(taskToken && { taskToken }) };
    },
  };
}

/** Parses, or throws a `ContractViolation` that names every mistake with its path. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const mistakes = checked.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new ContractViolation(`${what} breaks its contract: ${mistakes.join('; ')}`.slice(0, 2000));
}
