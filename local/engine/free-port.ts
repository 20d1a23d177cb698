/** Ports of 127.0.0.1 that nothing listens on. */
import { createServer } from 'node:net';

/** Each port is given once until it is released: between being given and being listened on it looks free. */
export function portAllocator() {
  const given = new Set<number>();

  async function allocate(): Promise<number> {
    const port = await anyFreePort();
    if (given.has(port)) return allocate();
    given.add(port);
    return port;
  }

  return { allocate, release: (port: number) => given.delete(port) };
}

function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
