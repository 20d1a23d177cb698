/** The pre-signed addresses that `GetDownloadUrlForLayer` answers, as S3 serves them. */
import { expect, test } from 'vitest';
import { address, bytesOf, digests, type World, worldWithBlobs, worldWithImage } from './ecr-fixture.ts';

const repositoryName = 'shop/api';
const layerDigest = digests.configAmd64 ?? '';
const urlOf = (made: World): string =>
  made.call('GetDownloadUrlForLayer', { repositoryName, layerDigest }).downloadUrl;

test('a config blob is downloaded without a login', async () => {
  const made = await worldWithImage();

  const url = urlOf(made);
  const answer = await made.fetch(new Request(url));

  expect(url.startsWith(`${address}/`)).toBe(true);
  expect(made.owns(new URL(url).pathname)).toBe(true);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytesOf(layerDigest));
});

test('a part of a blob is downloaded by its range', async () => {
  const made = await worldWithImage();

  const answer = await made.fetch(new Request(urlOf(made), { headers: { range: 'bytes=2-5' } }));

  expect(answer.status).toBe(206);
  expect(answer.headers.get('content-range')).toBe('bytes 2-5/1000');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytesOf(layerDigest).subarray(2, 6));
});

test('the address is good for an hour by the clock of the world', async () => {
  const made = await worldWithImage();
  const url = urlOf(made);

  await made.clock.advance(3_600_000);
  const inTime = await made.fetch(new Request(url));
  await made.clock.advance(1000);
  const late = await made.fetch(new Request(url));

  expect(inTime.status).toBe(200);
  expect(late.status).toBe(403);
  expect(await late.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
});

test.each([
  {
    it: 'a later expiry',
    change: (url: URL) => url.searchParams.set('X-Amz-Expires', '999999'),
    code: 'SignatureDoesNotMatch',
  },
  {
    it: 'another blob',
    change: (url: URL) => (url.pathname = url.pathname.replace(/.$/, '0')),
    code: 'SignatureDoesNotMatch',
  },
  {
    it: 'no signature',
    change: (url: URL) => url.searchParams.delete('X-Amz-Signature'),
    code: 'AccessDenied',
  },
])('an address with $it is refused', async ({ change, code }) => {
  const made = await worldWithImage();
  const url = new URL(urlOf(made));
  change(url);

  const answer = await made.fetch(new Request(url));

  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
});

test('a blob that no image needs has no address', async () => {
  const made = await worldWithBlobs();

  expect(() => urlOf(made)).toThrow(expect.objectContaining({ code: 'LayersNotFoundException' }));
});
