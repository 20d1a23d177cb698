/** Every Lambda function of Tidegate, made with another runtime than AWS's. */
import { type EventHandler, onEvent } from './event.ts';
import { eventHandlers } from './events/table.ts';
import { lambda } from './lambda.ts';
import type { Runtime } from './runtime.ts';
import type { Step } from './step.ts';
import { steps } from './steps/table.ts';

/** By name: steps as their state, event handlers as their file. `open` is told the name, and called on the first call. */
export function functionsWith(open: (functionName: string) => Promise<Runtime>) {
  const ofSteps = Object.entries(steps).map(
    ([name, step]) => [name, lambda(step as unknown as Step, () => open(name))] as const,
  );
  const ofEvents = Object.entries(eventHandlers).map(
    ([name, handler]) => [name, onEvent(handler as unknown as EventHandler, () => open(name))] as const,
  );
  return Object.fromEntries([...ofSteps, ...ofEvents]);
}
