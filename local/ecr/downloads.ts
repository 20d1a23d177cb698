/** Pre-signed download addresses of blobs: what S3 is to ECR. They are the only way to a layer that needs no login. */
import { hash, timingSafeEqual } from 'node:crypto';
import { region } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import type { Bytes } from './manifest.ts';
import { ranged } from './ranged.ts';

const bucket = `/prod-${region}-starport-layer-bucket/`;
const lifetimeSeconds = 3600;

export type Downloads = ReturnType<typeof layerDownloads>;

interface Bucket {
  clock: Clock;
  address: () => string;
  contents: ReadonlyMap<string, Bytes>;
  /** Signs the addresses; nobody else knows it. */
  secret: Buffer;
}

export function layerDownloads({ clock, address, contents, secret }: Bucket) {
  const key = secret.toString('hex');
  // Twice, so that nobody can go on from a signature; Node's HMAC takes ten times as long.
  const signature = (path: string, date: string, expires: string) =>
    hash('sha256', key + hash('sha256', `${key}\n${path}\n${date}\n${expires}`));

  return {
    owns: (path: string) => path.startsWith(bucket),

    /** Good for an hour by the world's clock. */
    urlOf(digest: string): string {
      const path = bucket + digest.replace(':', '/');
      const date = amazonTime(clock.now());
      const query = [
        'X-Amz-Algorithm=AWS4-HMAC-SHA256',
        `X-Amz-Date=${date}`,
        'X-Amz-SignedHeaders=host',
        `X-Amz-Expires=${lifetimeSeconds}`,
        `X-Amz-Signature=${signature(path, date, `${lifetimeSeconds}`)}`,
      ];
      return `${new URL(address()).origin}${path}?${query.join('&')}`;
    },

    fetch(request: Request): Response {
      const { pathname, searchParams } = new URL(request.url);
      const date = searchParams.get('X-Amz-Date') ?? '';
      const expires = searchParams.get('X-Amz-Expires') ?? '';
      const given = searchParams.get('X-Amz-Signature');
      if (given === null || request.method !== 'GET') return refused('AccessDenied', 'Access Denied');
      if (!same(given, signature(pathname, date, expires))) {
        const check = 'Check your key and signing method.';
        const message = `The request signature we calculated does not match the signature you provided. ${check}`;
        return refused('SignatureDoesNotMatch', message);
      }
      const end = millisecondsOf(date) + Number(expires) * 1000;
      if (clock.now() > end) {
        return refused('AccessDenied', 'Request has expired', {
          'X-Amz-Expires': expires,
          Expires: isoSeconds(end),
          ServerTime: isoSeconds(clock.now()),
        });
      }
      const bytes = contents.get(pathname.slice(bucket.length).replace('/', ':'));
      if (!bytes) return xml(404, 'NoSuchKey', 'The specified key does not exist.');
      return ranged(request, bytes, { 'content-type': 'application/octet-stream' });
    },
  };
}

function same(given: string, expected: string) {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const isoSeconds = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** As AWS signs: 20260105T090000Z. */
const amazonTime = (milliseconds: number) => isoSeconds(milliseconds).replaceAll(/[-:]/g, '');
const millisecondsOf = (date: string) =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const refused = (code: string, message: string, more: Record<string, string> = {}) =>
  xml(403, code, message, more);

function xml(status: number, code: string, message: string, more: Record<string, string> = {}) {
  const fields = Object.entries({ Code: code, Message: message, ...more });
  const body = fields.map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body}</Error>`, {
    status,
    headers: { 'content-type': 'application/xml' },
  });
}
