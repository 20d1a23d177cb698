/** A health check as a real request. */
import { request } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Probe } from './health-check.ts';

export function httpProbe(clock: Clock): Probe {
  return (port, { path, timeoutSeconds }) =>
    new Promise((resolve) => {
      const asked = request({
        host: '127.0.0.1',
        port,
        path,
        agent: false,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0', host: `127.0.0.1:${port}` },
      });
      const done = (status: number | undefined) => {
        cancel();
        asked.destroy();
        resolve(status);
      };
      const cancel = clock.after(timeoutSeconds * 1000, () => done(undefined));
      asked.once('response', ({ statusCode }) => done(statusCode));
      asked.on('error', () => done(undefined));
      asked.end();
    });
}
