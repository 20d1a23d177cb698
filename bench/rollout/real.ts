/** Good releases in the world of `npm start`: real processes behind a real proxy, asked by real HTTP clients. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '../../core/config.ts';
import { pushVariant } from '../../local/images/push-variant.ts';
import { openShowWorld } from '../../local/show/show-world.ts';
import { production } from '../../test/support/rehearsal.ts';
import { environmentOf, type StrategyName } from './strategies.ts';

export interface RealLoad {
  releases: number;
  deployed: number;
  requests: number;
  /** No answer within ten seconds, a broken connection, or a 5xx. */
  lost: number;
  seconds: number;
}

export async function realLoad(
  strategy: StrategyName,
  releases: number,
  log: (line: string) => void,
): Promise<RealLoad> {
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  const outcomes: string[] = [];
  let told = () => {};
  const installed = defineConfig({
    services: {
      'my-api': {
        repository: 'my-api',
        container: 'app',
        environments: [{ ...production, ...environmentOf(strategy) }],
      },
    },
  });
  const ignored = () => {};
  const show = await openShowWorld(
    { installed, port: 0, directory },
    {
      ...{ history: ignored, status: ignored },
      recorded(_execution, { outcome }) {
        outcomes.push(outcome);
        told();
      },
      deadLetter: (name, error) => log(`dead letter of ${name}: ${error}`),
      fault: (message) => log(`the local world: ${message}`),
    },
  );
  try {
    const users = () => {
      const [seen] = show.seen();
      if (!seen) throw new Error('nobody uses the service');
      return seen.seen;
    };
    // So that there is something to compare with.
    await wait(16);
    const before = users();
    const began = performance.now();
    for (let place = 1; place <= releases; place += 1) {
      const ended = new Promise<void>((resolve) => {
        told = resolve;
      });
      const { address } = show;
      await pushVariant({ address, service: 'my-api', variant: 'good', tag: `v1.${place}.0`, log: ignored });
      await ended;
      // Old tasks are still being taken out.
      await wait(5);
      log(`real, ${strategy}: ${outcomes.at(-1)}, ${users().errors - before.errors} lost so far`);
    }
    const { requests, errors } = users();
    return {
      releases,
      deployed: outcomes.filter((outcome) => outcome === 'Deployed').length,
      requests: requests - before.requests,
      lost: errors - before.errors,
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await show.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
