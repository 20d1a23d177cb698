import { expect, test } from 'vitest';
import { functionUrl } from '../../local/lambda/function-url.ts';

const url = 'http://127.0.0.1:4747/functions/on-approval?a=b';

async function eventOf(init?: RequestInit) {
  const events: unknown[] = [];
  const answer = functionUrl(async (event) => {
    events.push(event);
    return { statusCode: 201, headers: { 'x-own': 'yes' }, body: 'done' };
  });
  const answered = await answer(new Request(url, init));
  return { event: events[0], answered };
}

test.each([
  { type: 'application/json', base64: false },
  { type: 'application/json; charset=utf-8', base64: false },
  { type: 'application/problem+json', base64: false },
  { type: 'text/plain;charset=UTF-8', base64: false },
  { type: 'application/x-www-form-urlencoded', base64: true },
  { type: 'application/x-www-form-urlencoded;charset=UTF-8', base64: true },
  { type: 'application/jsonlines', base64: true },
  { type: 'application/octet-stream', base64: true },
])('a body of the type $type is base64: $base64', async ({ type, base64 }) => {
  const body = 'payload=%7B%7D\u00e9';

  const { event } = await eventOf({ method: 'POST', headers: { 'content-type': type }, body });

  expect(event).toMatchObject({
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  });
});

test('a request without a body has none', async () => {
  const { event, answered } = await eventOf();

  expect(event).not.toHaveProperty('body');
  expect(event).toMatchObject({ rawQueryString: 'a=b', isBase64Encoded: false });
  expect([answered.status, answered.headers.get('x-own'), await answered.text()]).toEqual([
    201,
    'yes',
    'done',
  ]);
});

test('a function that fails is a 502', async () => {
  const answer = functionUrl(() => Promise.reject(new Error('no')));

  expect((await answer(new Request(url))).status).toBe(502);
});
