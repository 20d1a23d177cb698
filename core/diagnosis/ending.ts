/** Why a container that ran has ended by itself. Of signals, only the exit code counts: its last lines are of something else. */
import type { KnownCause } from './known-cause.ts';

export const outOfMemory: KnownCause = {
  name: 'OutOfMemory',
  sentence: '{container} used more memory than it has',
  advice: 'Give the task more memory, or find what the new version needs it for.',
  // AWS's developer guide, "Troubleshooting Amazon ECS OutOfMemoryError errors".
  texts: [/OutOfMemory/i, /killed due to memory usage/i],
  logs: [
    /heap out of memory/i,
    /java\.lang\.OutOfMemoryError/,
    /fatal error: runtime: out of memory/,
    /\bMemoryError\b/,
  ],
};

export const endingCauses: readonly KnownCause[] = [
  outOfMemory,
  {
    name: 'PortInUse',
    sentence: '{container} could not listen: its port is in use',
    advice: 'Give each container of the task a port of its own, and start the server once.',
    texts: [/port is already allocated/i],
    logs: [/EADDRINUSE/, /address already in use/i],
  },
  {
    name: 'SettingMissing',
    sentence: '{container} misses a setting, {found}',
    advice:
      'Set {found} in the task definition (environment or secrets), or let the new version do without it.',
    logs: [
      /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+) (?:is (?:not set|not defined|missing|required|undefined|unset)|must be (?:set|defined)|not (?:set|defined))/,
      /(?:missing|required|undefined|unset|no such) (?:(?:required )?environment variable|env(?:ironment)? var|variable)s?:? [`'"]?([A-Z][A-Z0-9_]{2,})/i,
      /KeyError: '([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/,
    ],
  },
  {
    name: 'BackendUnreachable',
    sentence: '{container} could not reach something that it needs',
    advice:
      'Check that the address in its settings is right, and that the security groups let the tasks reach it.',
    logs: [
      /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN/,
      /connection refused|could not connect to server|no such host|could not translate host name|Name or service not known/i,
    ],
  },
  {
    name: 'ModuleMissing',
    sentence: '{container} misses a file or library that it needs',
    advice: 'Check what the image is built from: a dependency, a build step or a COPY is missing in it.',
    logs: [
      /Cannot find (?:module|package)/,
      /ModuleNotFoundError|ImportError/,
      /error while loading shared libraries/,
      /(?:ClassNotFoundException|NoClassDefFoundError)/,
      /Could not find or load main class/,
    ],
  },
  {
    name: 'PermissionDenied',
    sentence: '{container} was not allowed to do something that it needs',
    advice:
      "Allow it in the policy of the task's role (not of its execution role), or make the file readable for the image's user.",
    logs: [/AccessDenied(?:Exception)?\b/, /is not authorized to perform/, /EACCES/],
  },
  {
    name: 'Killed',
    sentence: '{container} was killed',
    advice:
      'Most often the memory ran out though ECS does not say so: look at its memory, then at whether it ends within stopTimeout when it gets SIGTERM.',
    exitCodes: [137],
  },
  {
    name: 'SegmentationFault',
    sentence: '{container} crashed with a segmentation fault',
    advice:
      'Look for native code that changed or is built for another system: a library, an add-on, the base image.',
    exitCodes: [139],
  },
  {
    name: 'Aborted',
    sentence: '{container} aborted itself',
    advice:
      'Its last lines say which assertion failed or which limit was reached; in Node.js it is often the heap.',
    exitCodes: [134],
  },
  {
    name: 'EndedByItself',
    sentence: '{container} ended, and ECS expects it to stay',
    advice:
      'Let its command stay in the foreground; a container that does its work and ends must not be essential in a service.',
    exitCodes: [0],
  },
  {
    name: 'Terminated',
    sentence: '{container} ended because it was told to (SIGTERM)',
    advice: 'Look for what stopped it: another essential container of the task, or the process itself.',
    exitCodes: [143],
  },
];

/** Whatever the exit code is, where nothing else is known. */
export const exitedWithError: KnownCause = {
  name: 'ExitedWithError',
  sentence: '{container} ended with an error',
  advice: 'Its last lines say why; run the image by hand with the same settings to see it again.',
};
