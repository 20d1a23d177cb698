/** What a command of `tidegate` is made of. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Terminal } from './terminal.ts';

export interface Given {
  positionals: string[];
  values: {
    local: boolean;
    config: string | undefined;
    stage: string;
    json: boolean;
    /** Of the command's own. */
    own: Record<string, string | boolean | undefined>;
  };
  screen: Terminal;
}

export type Argument = 'service' | 'environment' | 'shell' | 'text';

export interface Command {
  /** One line for the list of commands. */
  summary: string;
  usage: string;
  /** Beside those that all commands have. */
  options: ParseArgsOptionsConfig;
  /** What its words are, in their order: completion offers what there is of these. */
  arguments?: readonly Argument[];
  /** Answers the process's exit code. */
  run(given: Given): Promise<number>;
}
