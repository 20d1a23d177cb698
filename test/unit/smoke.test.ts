/** When smoke tests pass, fail, or go on. */
import { describe, expect, test } from 'vitest';
import type { SmokePolicy } from '../../core/config.ts';
import { judgeSmoke, type SmokeAnswer, smokeVerdictSchema } from '../../core/smoke.ts';

const stableAt = 1_000_000;
const url = 'https://api.example.com/healthz';
const policy: SmokePolicy = {
  endpoints: [{ url, status: 200 }],
  consecutive: 3,
  requestTimeout: 5,
  timeout: 90,
};
const good: SmokeAnswer = { status: 200, bodyMatched: true, milliseconds: 12.4 };
const unavailable: SmokeAnswer = { status: 503, bodyMatched: true, milliseconds: 3 };
const strange: SmokeAnswer = { status: 200, bodyMatched: false, milliseconds: 8 };
const refused: SmokeAnswer = { error: 'connect ECONNREFUSED', bodyMatched: false, milliseconds: 1 };

function judged(answers: readonly (readonly SmokeAnswer[])[], seconds = 0, other: Partial<SmokePolicy> = {}) {
  const now = stableAt + seconds * 1000;
  const verdict = judgeSmoke({ policy: { ...policy, ...other }, answers, stableAt, now });
  expect(smokeVerdictSchema.parse(verdict)).toEqual(verdict);
  return verdict;
}

test.each([
  { it: 'goes on before the first answer', answers: [], status: 'continue' },
  { it: 'goes on after two good answers', answers: [good, good], status: 'continue' },
  { it: 'passes at the third', answers: [good, good, good], status: 'pass' },
  { it: 'passes after a bad start', answers: [refused, unavailable, good, good, good], status: 'pass' },
  {
    it: 'counts again after a bad answer',
    answers: [good, good, unavailable, good, good],
    status: 'continue',
  },
  {
    it: 'takes nothing back for a bad answer before the timeout',
    answers: [unavailable],
    status: 'continue',
  },
  {
    it: 'does not pass when the last answer is bad',
    answers: [good, good, good, refused],
    status: 'continue',
  },
  { it: 'asks for the text as well', answers: [strange, strange, strange], status: 'continue' },
  { it: 'goes on just before the timeout', answers: [unavailable], seconds: 89.999, status: 'continue' },
  { it: 'fails at the timeout', answers: [unavailable], seconds: 90, status: 'fail' },
  { it: 'fails without any answer', answers: [], seconds: 90, status: 'fail' },
  { it: 'passes at the timeout', answers: [good, good, good], seconds: 90, status: 'pass' },
])('$it', ({ answers, seconds = 0, status }) => {
  expect(judged([answers], seconds).status).toBe(status);
});

describe('two endpoints', () => {
  const endpoints = [...policy.endpoints, { url: 'https://api.example.com/', status: 204 }];
  const empty: SmokeAnswer = { status: 204, bodyMatched: true, milliseconds: 5 };

  test.each([
    { it: 'pass when both do', second: [empty, empty, empty], status: 'pass' },
    { it: 'wait for the slower one', second: [empty, empty], status: 'continue' },
    { it: 'each have a status of their own', second: [good, good, good], status: 'continue' },
    { it: 'are both needed', second: undefined, status: 'continue' },
  ])('$it', ({ second, status }) => {
    const answers = [[good, good, good], ...(second ? [second] : [])];

    expect(judged(answers, 0, { endpoints }).status).toBe(status);
  });

  test('are told apart in the verdict', () => {
    const { endpoints: told } = judged([[good, good, good], [unavailable]], 0, { endpoints });

    expect(told).toEqual([
      { url, status: 200, passed: true, attempts: 3, last: 'answered 200 after 12 ms' },
      {
        url: 'https://api.example.com/',
        status: 204,
        passed: false,
        attempts: 1,
        last: 'answered 503 after 3 ms',
      },
    ]);
  });
});

test.each([
  { answers: [good, good, good], seconds: 1, sentence: 'The endpoint answered well 3 times in a row' },
  { answers: [], seconds: 1, sentence: `${url} was not asked yet` },
  { answers: [unavailable], seconds: 1, sentence: `${url} answered 503 after 3 ms` },
  {
    answers: [unavailable],
    seconds: 90,
    sentence: `${url} answered 503 after 3 ms; it had 1 min 30 s to answer with 200, 3 times in a row`,
  },
  {
    answers: [refused],
    seconds: 90,
    sentence: `${url} did not answer after 1 ms: connect ECONNREFUSED; it had 1 min 30 s to answer with 200, 3 times in a row`,
  },
])('says: $sentence', ({ answers, seconds, sentence }) => {
  expect(judged([answers], seconds).sentence).toBe(sentence);
});

test('a missing text is named', () => {
  const endpoints = [{ url, status: 200, contains: 'ready' }];

  expect(judged([[strange]], 1, { endpoints }).endpoints[0]?.last).toBe(
    'answered 200 after 8 ms, without "ready"',
  );
});

test.each([
  { it: 'as it is at 200 characters', length: 173, cut: false },
  { it: 'cut at 201', length: 174, cut: true },
])('text from outside is kept $it', ({ length, cut }) => {
  const last = judged([[{ ...refused, error: 'x'.repeat(length) }]]).endpoints[0]?.last;

  expect(last).toHaveLength(200);
  expect(last?.endsWith('…')).toBe(cut);
});

test('text from outside is one well-formed line', () => {
  const error = `bad\r\n\u001b[31m\tthing ${'🌊'.repeat(200)}`;

  const last = judged([[{ ...refused, error }]]).endpoints[0]?.last;

  expect(last).toMatch(/^did not answer after 1 ms: bad \[31m thing 🌊/u);
  expect(last?.isWellFormed()).toBe(true);
});
