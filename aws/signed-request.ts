/** A request that is signed as AWS wants it (Signature Version 4): for the few that no client of the SDK is worth its weight for. */
import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface ToSign {
  method?: 'GET' | 'POST';
  body?: string;
  /** Without a query; its path as it is sent. */
  url: string;
  /** In lower case. */
  headers?: Readonly<Record<string, string>>;
  service: string;
  region: string;
  credentials: Credentials;
  /** ms since the epoch. */
  now: number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** The headers to send with it; `host` is left to who sends it. */
export function signedHeaders(request: ToSign): Record<string, string> {
  const { url, method = 'GET', body = '', headers = {}, service, region, credentials, now } = request;
  const content = hash('sha256', body);
  const { host, pathname } = new URL(url);
  const at = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const sent: Record<string, string> = {
    ...headers,
    'x-amz-content-sha256': content,
    'x-amz-date': at,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const signed = Object.entries({ ...sent, host }).sort(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join('');
  const scope = `${at.slice(0, 8)}/${region}/${service}/aws4_request`;
  // All but S3 want what is sent to be encoded once more.
  const path = service === 's3' ? pathname : pathname.split('/').map(encodeURIComponent).join('/');
  const asked = [method, path, '', lines, names, content].join('\n');
  const toSign = [algorithm, at, scope, hash('sha256', asked)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return {
    ...sent,
    authorization: `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
