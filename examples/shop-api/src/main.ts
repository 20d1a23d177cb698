/** The image's entry point. ECS appends a task's command to it: `serve`, unless a release task says `migrate`. */
import { readConfig, readDatabaseUrl } from './config.ts';
import { createLog } from './log.ts';
import { migrate } from './migrate.ts';
import { serve } from './serve.ts';

const log = createLog((line) => console.log(line), { version: process.env.VERSION ?? 'dev' });

async function run(command: string | undefined): Promise<number> {
  switch (command) {
    case 'serve':
      return serve(readConfig(process.env), log);
    case 'migrate':
      await migrate(readDatabaseUrl(process.env), log);
      return 0;
    default:
      log.error('usage: main.ts serve|migrate', { command: command ?? '' });
      return 64;
  }
}

// Not `exitCode`: after a failed start, connections that are tried again would keep the process.
try {
  process.exit(await run(process.argv[2]));
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}
