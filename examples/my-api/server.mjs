// A small HTTP service to deploy. How it misbehaves, if at all, is in its environment, which its image brings along:
// LATENCY_MS, ERROR_RATE (0 to 1), CRASH_AFTER_MS, OOM_AFTER_MS, LEAK_MB_PER_MINUTE, UNHEALTHY=1. With the argument `migrate` it is a release task instead.
import { createServer } from 'node:http';

const { PORT = '8080', VERSION = 'dev', REVISION = 'unknown' } = process.env;
// As if it asked a database.
const latency = Number(process.env.LATENCY_MS ?? 20);
const errorRate = Number(process.env.ERROR_RATE ?? 0);
const crashAfter = Number(process.env.CRASH_AFTER_MS ?? 0);
const outOfMemoryAfter = Number(process.env.OOM_AFTER_MS ?? 0);
const healthy = process.env.UNHEALTHY !== '1';

// A release task's command comes after the image's entry point, as ECS has it. It never serves: it ends.
const [task, how] = process.argv.slice(2);
if (task === 'migrate') {
  console.log(`my-api ${VERSION}: migrating the orders table`);
  if (how === 'fail') {
    console.error('migration 0042 failed: column "currency" already exists');
    process.exit(3);
  }
  console.log('migration 0042 applied; it adds a column and works with the version before');
  process.exit(0);
}
if (task !== undefined) {
  console.error(`my-api knows no command ${task}, only migrate`);
  process.exit(64);
}

let stopping = false;

function answer(response, status, body) {
  // A keep-alive connection would hold up the shutdown.
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(stopping && { connection: 'close' }),
  });
  response.end(`${JSON.stringify(body)}\n`);
}

function greet(response) {
  if (Math.random() < errorRate) answer(response, 500, { error: 'the orders database did not answer' });
  else answer(response, 200, { service: 'my-api', version: VERSION, revision: REVISION });
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/healthz') {
    answer(response, healthy ? 200 : 503, { status: healthy ? 'ok' : 'cannot reach the orders database' });
  } else if (pathname === '/') {
    setTimeout(greet, latency, response);
  } else {
    answer(response, 404, { error: 'not found' });
  }
});

server.listen(Number(PORT), () => {
  console.log(`my-api ${VERSION} (${REVISION.slice(0, 8)}) listens on port ${server.address().port}`);
});

if (crashAfter > 0) {
  setTimeout(() => {
    console.error('fatal: ORDERS_TABLE is not set');
    process.exit(1);
  }, crashAfter);
}

// As the kernel ends a container that has used up its memory: without a word.
if (outOfMemoryAfter > 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), outOfMemoryAfter);

// What nobody needs any more and something still holds on to.
const leak = Number(process.env.LEAK_MB_PER_MINUTE ?? 0);
const kept = [];
if (leak > 0) setInterval(() => kept.push(Buffer.alloc((leak * 2 ** 20) / 60, 1)), 1000).unref();

// ECS sends SIGTERM and, after the container's stop timeout, SIGKILL: finish what is under way, take nothing new.
process.on('SIGTERM', () => {
  stopping = true;
  console.log('SIGTERM: finishing the requests under way');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
