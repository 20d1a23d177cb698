/** Stands in for the server that the SST CLI opens for its components: answers as after a build, and builds nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bootstrap } from './bootstrap.ts';

export interface Rpc {
  address: string;
  /** Handlers of the functions that were asked for, by the functions' names. */
  handlers: Readonly<Record<string, string>>;
}

/** Bundles, empty ones, go to the folder `work`. It keeps nothing running. */
export async function startRpc(work: string): Promise<Rpc> {
  const handlers: Record<string, string> = {};
  const methods: Record<string, (input: { functionID: string; handler: string }) => unknown> = {
    'Provider.Aws.Bootstrap': () => bootstrap,
    'Runtime.Build': ({ functionID, handler }) => {
      handlers[functionID] = handler;
      const out = join(work, 'artifacts', `${functionID}-src`);
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'bundle.mjs'), `// ${handler}\n`);
      return { handler: `bundle${extname(handler)}`, out, errors: [], sourcemaps: [] };
    },
  };
  const server = createServer(async (request, response) => {
    const { method, params } = JSON.parse(await text(request));
    const answer = methods[method];
    // A connection that stays open would keep the synth waiting for its end.
    response.setHeader('connection', 'close');
    response.end(
      JSON.stringify(answer ? { result: answer(params[0]) } : { error: `rpc: can't find ${method}` }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref();
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, handlers };
}
