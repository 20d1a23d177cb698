/** How much memory and time each Lambda function has: on AWS, and the time in the local world too. */

export interface FunctionSize {
  memoryMegabytes: number;
  timeoutSeconds: number;
}

/**
 * Node and a bundle fill 80 MB. The rest is for the processor that Lambda gives with it: 0.29 of one.
 * The state machine waits 60 s for a step: a function is over well before it is started again.
 */
const usual: FunctionSize = { memoryMegabytes: 512, timeoutSeconds: 30 };

const others: Record<string, Partial<FunctionSize>> = {
  // A scan report may have 20 MiB: 300 MB while it is read, and half a second of a whole processor.
  CheckScan: { memoryMegabytes: 1024 },
  // Looks at as many environments as it has time for. A thousand take it a minute.
  'reconcile-pushes': { timeoutSeconds: 300 },
};

/** `CheckScan` as `check-scan`, which names of files and functions are made of. */
export const kebab = (name: string) =>
  name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** On AWS; its role is called the same. `prefix`: of the installation. */
export const functionNameOf = ({ prefix }: { prefix: string }, name: string) => `${prefix}-${kebab(name)}`;

/** By a function's name: steps as their state, event handlers as their file. */
export const sizeOf = (functionName: string): FunctionSize => ({ ...usual, ...others[functionName] });
