/** The container's health check: a process of its own, since the image has neither curl nor wget. */
import { get } from 'node:http';

const request = get(
  { host: '127.0.0.1', port: process.env.PORT ?? 8080, path: '/healthz', timeout: 4000 },
  ({ statusCode }) => {
    process.exit(statusCode === 200 ? 0 : 1);
  },
);
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
