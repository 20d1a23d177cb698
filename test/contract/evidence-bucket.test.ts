/** The one request of S3 that no client of the SDK is loaded for, against AWS's own example and against the local S3. */
import { expect, test } from 'vitest';
import { evidence } from '../../aws/evidence/evidence.ts';
import { openAws } from '../../aws/open.ts';
import { signedHeaders } from '../../aws/signed-request.ts';
import type { Evidence, NoEvidence } from '../../core/scan/evidence.ts';
import { maxReportBytes } from '../../core/scan/report.ts';
import { surroundings } from '../support/surroundings.ts';

test('a request is signed as in the example of the documentation of S3', () => {
  const headers = signedHeaders({
    url: 'https://examplebucket.s3.amazonaws.com/test.txt',
    headers: { range: 'bytes=0-9' },
    ...{ service: 's3', region: 'us-east-1', now: Date.parse('2013-05-24T00:00:00Z') },
    credentials: {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
  });

  expect(headers.authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('the token of temporary credentials is sent and signed', () => {
  const headers = signedHeaders({
    ...{ url: 'https://s3.eu-west-1.amazonaws.com/reports/a', service: 's3', region: 'eu-west-1', now: 0 },
    credentials: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' },
  });

  expect(headers['x-amz-security-token']).toBe('C');
  expect(headers.authorization).toContain(
    'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token',
  );
});

const digest = `sha256:${'a'.repeat(64)}`;

/** What the bucket's source sees, where S3 answers like this. */
async function seen(answer: () => Response | Promise<Response>, asked: string[] = []) {
  const fetch = (async (url: string) => {
    asked.push(url);
    return answer();
  }) as typeof globalThis.fetch;
  const client = { region: 'eu-west-1', credentials: { accessKeyId: 'A', secretAccessKey: 'B' } };
  const aws = openAws(surroundings({ fetch, client }), { evidence });
  const question = {
    repository: { registryId: '123456789012', region: 'eu-west-1', repository: 'shop/api' },
    image: { digests: [digest], configDigest: digest },
  };
  const found: (Evidence | NoEvidence)[] = [];
  for await (const sighting of aws.evidence.of(
    { bucket: 'scans', prefix: 'ci/reports', region: 'eu-west-1' },
    question,
  ))
    found.push(sighting);
  return found;
}

const refusal =
  (status: number, code: string, headers = {}) =>
  () =>
    new Response(`<?xml version="1.0"?>\n<Error><Code>${code}</Code></Error>`, { status, headers });

test('the key names registry, repository and digest, and the version is where it was found', async () => {
  const asked: string[] = [];

  const found = await seen(
    () =>
      new Response('{}', {
        headers: { 'x-amz-version-id': 'v7', 'last-modified': 'Thu, 05 Mar 2026 10:00:00 GMT' },
      }),
    asked,
  );

  const key = `ci/reports/123456789012/shop/api/sha256/${'a'.repeat(64)}/trivy.json`;
  expect(asked).toEqual([`https://s3.eu-west-1.amazonaws.com/scans/${key}`]);
  expect(found).toEqual([
    {
      ...{
        format: 'stated',
        bytes: Buffer.from('{}'),
        subject: digest,
        locator: `s3://scans/${key}?versionId=v7`,
      },
      contentDigest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      producedAt: Date.parse('2026-03-05T10:00:00Z'),
    },
  ]);
});

test.each([
  { it: 'is not there', answer: refusal(404, 'NoSuchKey'), expected: { pending: true } },
  {
    it: 'is not there for all we may know',
    answer: refusal(403, 'AccessDenied'),
    expected: { pending: true },
  },
  { it: 'is archived', answer: refusal(403, 'InvalidObjectState'), expected: { reason: 'it is archived' } },
  {
    it: 'is too large',
    answer: () => new Response(new Uint8Array(maxReportBytes + 1)),
    expected: { reason: 'it is larger than 20 MiB' },
  },
  {
    it: 'is not what S3 keeps',
    answer: () => new Response('{}', { headers: { 'x-amz-checksum-sha256': 'AAAA' } }),
    expected: { reason: expect.stringMatching(/^its content has the digest sha256:4413/) },
  },
])('what $it is no evidence', async ({ answer, expected }) => {
  const [only] = await seen(answer);

  expect(only).toMatchObject(expected);
  expect(only).not.toHaveProperty('bytes');
});

test.each([
  { it: 'S3 is busy', answer: refusal(503, 'SlowDown'), name: 'Throttled' },
  { it: 'S3 fails', answer: refusal(500, 'InternalError'), name: 'Transient' },
  {
    it: 'it cannot be reached',
    answer: () => Promise.reject(new TypeError('fetch failed')),
    name: 'Transient',
  },
  { it: 'there is no such bucket', answer: refusal(404, 'NoSuchBucket'), name: 'Error' },
  {
    it: 'the bucket is in another Region',
    answer: refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-east-1' }),
    name: 'Error',
    message: /in us-east-1: set scan.evidence.region/,
  },
  { it: 'its clock is wrong', answer: refusal(403, 'RequestTimeTooSkewed'), name: 'Error' },
])('where $it, that is told by an error', async ({ answer, name, message = /./ }) => {
  await expect(seen(answer)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});
