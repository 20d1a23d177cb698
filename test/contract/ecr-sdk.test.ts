/** The AWS SDK's own client reads what the model answers. */
import {
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageNotFoundException,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr';
import { type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { expect, test } from 'vitest';
import { AwsError } from '../../local/aws-service.ts';
import { digests, pushRecorded, type World, worldWithImage } from './ecr-fixture.ts';

function clientOf(made: World): ECRClient {
  const handle = async (request: HttpRequest) => {
    const operation = request.headers['x-amz-target']?.replace(`${made.service.target}.`, '') ?? '';
    const reply = (statusCode: number, document: unknown) => ({
      response: new HttpResponse({
        statusCode,
        headers: {},
        body: new TextEncoder().encode(JSON.stringify(document)),
      }),
    });
    try {
      return reply(200, made.call(operation, JSON.parse(new TextDecoder().decode(request.body))));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return reply(error.status, { __type: error.code, message: error.message });
    }
  };
  return new ECRClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: { handle } as never,
  });
}

const repositoryName = 'shop/api';

test('times are dates to the SDK', async () => {
  const made = await worldWithImage();

  const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: '1.8.3' }] });
  const { imageDetails } = await clientOf(made).send(command);

  expect(imageDetails?.[0]?.imagePushedAt).toEqual(new Date(made.clock.now()));
});

test('errors have their class in the SDK', async () => {
  const made = await worldWithImage();

  const asked = clientOf(made).send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'nope' }] }),
  );

  await expect(asked).rejects.toBeInstanceOf(ImageNotFoundException);
});

test('referrers and logins come through the SDK', async () => {
  const made = await worldWithImage();
  await pushRecorded(made, 'referrerTrivyRawIndex');
  const client = clientOf(made);

  const ask = { repositoryName, subjectId: { imageDigest: digests.index } };
  const { referrers } = await client.send(new ListImageReferrersCommand(ask));
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));

  expect(referrers?.[0]).toMatchObject({ digest: digests.referrerTrivyRawIndex, artifactStatus: 'ACTIVE' });
  expect(authorizationData?.[0]?.expiresAt).toBeInstanceOf(Date);
});
