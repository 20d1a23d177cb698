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

export interface Command {
  /** One line for the list of commands. */
  summary: string;
  usage: string;
  /** Beside those that all commands have. */
  options: ParseArgsOptionsConfig;
  /** Answers the process's exit code. */
  run(given: Given): Promise<number>;
}
