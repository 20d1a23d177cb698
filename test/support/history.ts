/** What a recorded history says of an execution in AWS's own terms: what is billed, and what counts against its limits. */
import type { HistoryEvent } from '../../local/asl/index.ts';

/**
 * AWS limits and bills an execution by its state transitions: each state that is entered, and each further attempt at one.
 * A Task is scheduled once for each attempt at it, the first included; one that is entered again after a Catch is
 * scheduled again.
 */
export const isTransition = ({ type }: Pick<HistoryEvent, 'type'>): boolean =>
  type === 'TaskScheduled' ||
  type === 'LambdaFunctionScheduled' ||
  (type.endsWith('StateEntered') && !type.startsWith('Task'));

/** A text that Step Functions limits to 256 KiB, and where it was seen. */
export interface Payload {
  event: string;
  /** `input`, `output`, `parameters`, or `assigned` and the name of a variable. */
  what: string;
  /** As UTF-8. */
  bytes: number;
}

/** What passes from state to state, to functions and back, and into variables, as JSON text. */
export function payloadsOf(event: HistoryEvent): Payload[] {
  return Object.entries(event).flatMap(([key, details]) => {
    if (!key.endsWith('EventDetails')) return [];
    const { input, output, parameters, assignedVariables = {} } = details as Record<string, unknown>;
    const assigned = Object.entries(assignedVariables as object).map(
      ([name, text]) => [`assigned ${name}`, text] as const,
    );
    return [...Object.entries({ input, output, parameters }), ...assigned].flatMap(([what, text]) =>
      typeof text === 'string' ? [{ event: event.type, what, bytes: Buffer.byteLength(text) }] : [],
    );
  });
}
