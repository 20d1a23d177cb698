/** AWS Secrets Manager, as far as it is read: the current value of a secret. */
import { AwsError, type AwsService, account, region } from '../aws-service.ts';

interface GetSecretValueRequest {
  SecretId?: string;
  VersionId?: string;
  VersionStage?: string;
}

/** Every secret is text, has one version, and was made at `createdAt`. The map may change at any time. */
export function secretsManager(secrets: ReadonlyMap<string, string>, createdAt: Date): AwsService {
  /** By name, by ARN, or by ARN without its last six characters. */
  function find(secretId: string) {
    return [...secrets].find(([name]) => [name, arnOf(name), arnOf(name).slice(0, -7)].includes(secretId));
  }

  return {
    target: 'secretsmanager',
    operations: {
      GetSecretValue({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }: GetSecretValueRequest) {
        if (!SecretId)
          throw new AwsError('ValidationException', 'You must provide a value for the SecretId parameter.');
        const [name, text] = find(SecretId) ?? [];
        if (name === undefined) throw notFound('secret.');
        if (VersionId !== undefined && VersionId !== onlyVersion) {
          throw notFound(`secret value for VersionId: ${VersionId}`);
        }
        if (VersionStage !== 'AWSCURRENT') throw notFound(`secret value for staging label: ${VersionStage}`);
        return {
          ARN: arnOf(name),
          Name: name,
          VersionId: onlyVersion,
          SecretString: text,
          VersionStages: ['AWSCURRENT'],
          CreatedDate: createdAt,
        };
      },
    },
  };
}

const onlyVersion = 'c0ffee00-0000-4000-8000-000000000001';

const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-Lo7cal`;

const notFound = (what: string) =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified ${what}`);
