/** A client's settings for one modelled service alone, so that its contract is tested through the SDK. */
import type { AwsService } from '../../local/aws-service.ts';
import { answering } from '../../local/door/answering.ts';
import { inProcessHandler } from '../../local/door/in-process.ts';

export const clientOf = (service: AwsService) => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
  requestHandler: inProcessHandler(answering({ services: [service] })),
});
