/** Who asks, as STS says it. */
import { HttpResponse } from '@smithy/protocol-http';
import { expect, test } from 'vitest';
import { callerOf } from '../../aws/caller.ts';

const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/ada';

const answering = (statusCode: number, xml: string) => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: {
    handle: async () => ({
      response: new HttpResponse({
        statusCode,
        headers: { 'content-type': 'text/xml' },
        body: new Blob([xml]).stream(),
      }),
    }),
  },
});

test('whose credentials they are, and in which account', async () => {
  const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>${arn}</Arn><UserId>AROA:ada</UserId><Account>123456789012</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`;

  expect(await callerOf(answering(200, answer))).toEqual({ arn, account: '123456789012' });
});

test('credentials that are over are said to be', async () => {
  const answer = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
    <Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>`;

  await expect(callerOf(answering(403, answer))).rejects.toThrow('is expired');
});
