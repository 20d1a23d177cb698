/** A headless Chromium, driven through a pipe by its own protocol. Loads what it is told to, and nothing else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where there is one: `CHROMIUM`, else by its usual names on the path. */
export async function findChromium(): Promise<string | undefined> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [
    process.env.CHROMIUM ?? [],
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ].flat();
  for (const place of places) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return place;
  }
  return undefined;
}

export interface Page {
  open(address: string): Promise<void>;
  /** The value of an expression, awaited; asked again until it is truthy, for at most ten seconds. */
  until<Value>(expression: string): Promise<Value>;
  /** The value of an expression, awaited. Rejects with what it throws. */
  ask<Value>(expression: string): Promise<Value>;
  press(key: string): Promise<void>;
  look(appearance: { width: number; height: number; scheme: 'light' | 'dark' }): Promise<void>;
  /** Errors that scripts threw, that the console was told of, or that the policy of the page caused. */
  readonly complaints: readonly string[];
  /** Every address that was asked for. */
  readonly requests: readonly string[];
}

export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

// biome-ignore lint/suspicious/noExplicitAny: the protocol's own answers
type Answer = any;

export async function chromium(executable: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'tidegate-chromium-'));
  const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { send, listen } = connection(child);

  return {
    async newPage() {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return page(
        (method, params) => send(method, params, sessionId),
        (heard) => listen(sessionId, heard),
      );
    },
    async close() {
      // The browser starts processes of its own; they are of its group.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function connection(child: ChildProcess) {
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Map<string, (method: string, params: Answer) => void>();
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const { id, sessionId, method, params, ...answer } of messages.map((one) => JSON.parse(one))) {
      if (id === undefined) listeners.get(sessionId)?.(method, params);
      else waiting.get(id)?.(answer);
      waiting.delete(id);
    }
  });
  input.on('error', () => {});
  let last = 0;
  return {
    async send(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Answer>();
      waiting.set(id, resolve);
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
      const { result, error } = await promise;
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    listen: (sessionId: string, heard: (method: string, params: Answer) => void) =>
      void listeners.set(sessionId, heard),
  };
}

async function page(
  send: (method: string, params?: object) => Promise<Answer>,
  listen: (heard: (method: string, params: Answer) => void) => void,
): Promise<Page> {
  const complaints: string[] = [];
  const requests: string[] = [];
  let loaded = () => {};
  listen((method, params) => {
    if (method === 'Page.loadEventFired') loaded();
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params.exceptionDetails));
    if (method === 'Log.entryAdded' && params.entry.level === 'error') complaints.push(params.entry.text);
    if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);

  async function ask<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  return {
    complaints,
    requests,
    ask,
    async open(url) {
      const done = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await send('Page.navigate', { url });
      await done;
    },
    async until<Value>(expression: string) {
      const end = Date.now() + 10_000;
      for (;;) {
        const value = await ask<Value>(expression);
        if (value) return value;
        if (Date.now() > end) throw new Error(`never came true: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async press(key) {
      const windowsVirtualKeyCode = { Enter: 13, Escape: 27, Tab: 9, ArrowDown: 40, ArrowLeft: 37 }[key];
      const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
      const event = { key, code: key, ...(windowsVirtualKeyCode && { windowsVirtualKeyCode }) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...text });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async look({ width, height, scheme }) {
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
    },
  };
}
