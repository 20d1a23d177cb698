/**
 * Run as a process of its own: imports the modules it is told of, and prints what their code did meanwhile, as JSON.
 * What libraries do for themselves is theirs; it counts where one of our files is on the stack.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';

const [root = '', ...modules] = process.argv.slice(2);
const base = pathToFileURL(root).href;
const require = createRequire(import.meta.url);
const print = process.stdout.write.bind(process.stdout);
const deeds: string[] = [];
Error.stackTraceLimit = 100;

function note(deed: string): void {
  const frames = new Error().stack?.split('\n') ?? [];
  const ours = frames.find((frame) => frame.includes(base) && !/node_modules|import-probe/.test(frame));
  if (ours) deeds.push(`${deed} at ${ours.slice(ours.indexOf(base) + base.length).replace(/\)$/, '')}`);
}

function trap(owner: Record<string, unknown>, name: string, what: string): void {
  const real = owner[name];
  if (typeof real !== 'function') return;
  owner[name] = Object.assign(function trapped(this: unknown, ...given: unknown[]) {
    note(what);
    return Reflect.apply(real, this, given);
  }, real);
}

for (const module of [
  'fs',
  'fs/promises',
  'net',
  'dns',
  'http',
  'https',
  'child_process',
  'worker_threads',
]) {
  const builtin = require(`node:${module}`) as Record<string, unknown>;
  // Upper case is a class, which others may extend.
  for (const name of Object.keys(builtin).filter((key) => /^[a-z]/.test(key))) {
    trap(builtin, name, `${module}.${name}`);
  }
}
syncBuiltinESMExports();
for (const name of ['fetch', 'setTimeout', 'setInterval', 'setImmediate']) {
  trap(globalThis as unknown as Record<string, unknown>, name, name);
}
for (const [name, owner] of Object.entries({ Date, Math, performance, crypto, console })) {
  for (const deed of ['now', 'random', 'randomUUID', 'getRandomValues', 'log', 'info', 'warn', 'error']) {
    trap(owner as unknown as Record<string, unknown>, deed, `${name}.${deed}`);
  }
}
globalThis.Date = new Proxy(Date, {
  construct(real, given, target) {
    if (given.length === 0) note('new Date()');
    return Reflect.construct(real, given, target);
  },
});
process.env = new Proxy(process.env, {
  get(env, name) {
    note(`process.env.${String(name)}`);
    return Reflect.get(env, name);
  },
});
for (const stream of [process.stdout, process.stderr]) {
  stream.write = () => {
    deeds.push('writes output');
    return true;
  };
}

const before = process.getActiveResourcesInfo();
for (const module of modules) await import(pathToFileURL(`${root}${module}`).href);
const left = process.getActiveResourcesInfo().filter((resource) => !before.includes(resource));
print(JSON.stringify({ deeds, left }));
