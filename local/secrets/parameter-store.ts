/** The Parameter Store of AWS Systems Manager, as far as it is read: one parameter with its value. */
import { AwsError, type AwsService, account, region } from '../aws-service.ts';

interface GetParameterRequest {
  Name?: string;
  WithDecryption?: boolean;
}

/** Every parameter is a SecureString, has one version, and was made at `createdAt`. The map may change at any time. */
export function parameterStore(parameters: ReadonlyMap<string, string>, createdAt: Date): AwsService {
  return {
    target: 'AmazonSSM',
    operations: {
      GetParameter({ Name: asked, WithDecryption = false }: GetParameterRequest) {
        if (!asked) throw new AwsError('ValidationException', noName);
        const [, named = '', version] = /^((?:arn(?::[^:]*){5})?[^:]*)(?::(.*))?$/.exec(asked) ?? [];
        const [Name, Value] = [...parameters].find(([name]) => [name, arnOf(name)].includes(named)) ?? [];
        if (Name === undefined || Value === undefined) throw new AwsError('ParameterNotFound', '');
        if (version !== undefined && version !== '1') {
          const lacks = `Systems Manager could not find version ${version} of ${Name}. Verify the version and try again.`;
          throw new AwsError('ParameterVersionNotFound', lacks);
        }
        return {
          Parameter: {
            ...{ ARN: arnOf(Name), Name, Type: 'SecureString', DataType: 'text', Version: 1 },
            ...(version && { Selector: `:${version}` }),
            // Nobody who forgets to ask for the text is to find it here.
            Value: WithDecryption ? Value : `AQICAHh${Buffer.from(`encrypted ${Name}`).toString('base64')}`,
            LastModifiedDate: createdAt,
          },
        };
      },
    },
  };
}

const noName =
  "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null";

const arnOf = (name: string) => `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
