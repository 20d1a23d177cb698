/** The registry's HTTP API on blobs, as the OCI distribution specification has it. */
import { expect, test } from 'vitest';
import { digestOf, pushSmallImage, type World, world } from './ecr-fixture.ts';

const uploads = '/v2/shop/api/blobs/uploads/';
const content = 'hello, layers';
const digest = digestOf(content);

function made(options?: Parameters<typeof world>[0]): World {
  const it = world(options);
  it.createRepository('shop/api');
  it.createRepository('shop/web');
  return it;
}

async function started(it: World): Promise<string> {
  const answer = await it.http('POST', uploads);
  expect(answer.status).toBe(202);
  return answer.headers.get('location') ?? '';
}

const errorOf = async (answer: Response) => {
  const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
  return { status: answer.status, code: errors[0]?.code };
};

test('the version check answers who is logged in', async () => {
  const it = made();

  const answer = await it.http('GET', '/v2/');

  expect(answer.status).toBe(200);
  expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
});

test.each([
  ['no login', {}],
  ['an empty one', { authorization: `Basic ${btoa(':')}` }],
  ['a token', { authorization: 'Bearer abc' }],
])('with %s nothing is answered but how to log in', async (_what, headers) => {
  const it = made();

  const answer = await it.fetch(new Request('http://127.0.0.1:4747/v2/', { headers }));

  expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
  expect(await errorOf(answer)).toEqual({ status: 401, code: 'UNAUTHORIZED' });
});

test('a repository is not created by pushing to it', async () => {
  const it = made();

  const answer = await it.http('POST', '/v2/shop/nope/blobs/uploads/');

  expect(await errorOf(answer)).toEqual({ status: 404, code: 'NAME_UNKNOWN' });
});

test('a blob is uploaded in one request and read back', async () => {
  const it = made();

  const before = await it.http('HEAD', `/v2/shop/api/blobs/${digest}`);
  const put = await it.http('POST', `${uploads}?digest=${digest}`, { body: content });
  const head = await it.http('HEAD', `/v2/shop/api/blobs/${digest}`);
  const get = await it.http('GET', `/v2/shop/api/blobs/${digest}`);

  expect([before.status, put.status, head.status]).toEqual([404, 201, 200]);
  expect(put.headers.get('location')).toBe(`/v2/shop/api/blobs/${digest}`);
  expect(head.headers.get('content-length')).toBe(`${content.length}`);
  expect(await get.text()).toBe(content);
});

test.each([
  { range: 'bytes=0-4', status: 206, text: 'hello' },
  { range: 'bytes=7-', status: 206, text: 'layers' },
  { range: 'bytes=-6', status: 206, text: 'layers' },
  { range: 'bytes=7-999', status: 206, text: 'layers' },
  { range: 'bytes=13-', status: 416, text: '' },
  { range: 'lines=1-2', status: 200, text: content },
])('$range of a blob is answered $status', async ({ range, status, text }) => {
  const it = made();
  await it.upload('shop/api', content);

  const answer = await it.http('GET', `/v2/shop/api/blobs/${digest}`, { headers: { range } });

  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe(text);
});

test('a blob of one repository is not in another', async () => {
  const it = made();
  await it.upload('shop/api', content);

  const answer = await it.http('GET', `/v2/shop/web/blobs/${digest}`);

  expect(await errorOf(answer)).toEqual({ status: 404, code: 'BLOB_UNKNOWN' });
});

test('a blob is uploaded in chunks, and the last one may come with the end', async () => {
  const it = made();
  const location = await started(it);

  const first = await it.http('PATCH', location, { body: 'hello', headers: { 'content-range': '0-4' } });
  const status = await it.http('GET', location);
  const second = await it.http('PATCH', location, { body: ', ', headers: { 'content-range': '5-6' } });
  const end = await it.http('PUT', `${location}?digest=${digest}`, { body: 'layers' });

  expect([first.status, status.status, second.status, end.status]).toEqual([202, 204, 202, 201]);
  expect(status.headers.get('range')).toBe('0-4');
  expect(second.headers.get('range')).toBe('0-6');
  expect((await it.http('GET', location)).status).toBe(404);
});

test('a chunk out of order is told where to go on', async () => {
  const it = made();
  const location = await started(it);
  await it.http('PATCH', location, { body: 'hello', headers: { 'content-range': '0-4' } });

  const answer = await it.http('PATCH', location, { body: 'layers', headers: { 'content-range': '7-12' } });

  expect(answer.status).toBe(416);
  expect(answer.headers.get('range')).toBe('0-4');
});

test('an upload can be given up', async () => {
  const it = made();
  const location = await started(it);

  const given = await it.http('DELETE', location);
  const later = await it.http('PATCH', location, { body: content });

  expect(given.status).toBe(204);
  expect(await errorOf(later)).toEqual({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
});

test('content that does not have its digest is refused, and the upload can go on', async () => {
  const it = made();
  const location = await started(it);

  const wrong = await it.http('PUT', `${location}?digest=${digestOf('other')}`, { body: content });
  const right = await it.http('PUT', `${location}?digest=${digest}`);

  expect(await errorOf(wrong)).toEqual({ status: 400, code: 'DIGEST_INVALID' });
  expect(right.status).toBe(201);
});

test('a blob larger than the limit is refused', async () => {
  const it = made({ blobLimit: 10 });
  const location = await started(it);
  await it.http('PATCH', location, { body: 'hello' });

  const answer = await it.http('PATCH', location, { body: ', layers' });

  expect(await errorOf(answer)).toEqual({ status: 413, code: 'SIZE_INVALID' });
});

test('a blob is mounted from another repository once an image there needs it', async () => {
  const it = made();
  const config = await it.upload('shop/api', JSON.stringify({ content: 'a' }));
  const mount = () => it.http('POST', `/v2/shop/web/blobs/uploads/?mount=${config}&from=shop/api`);

  const before = await mount();
  await pushSmallImage(it, 'shop/api', 'a');
  const after = await mount();

  expect(before.status).toBe(202);
  expect(after.status).toBe(201);
  expect((await it.http('HEAD', `/v2/shop/web/blobs/${config}`)).status).toBe(200);
});
