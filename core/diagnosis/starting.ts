/**
 * Why a task never ran. The texts are those of ECS's agent and of Fargate, as AWS's developer guide lists them under "Amazon ECS
 * stopped tasks error messages" and "service event messages", and as they are quoted where people ask about them. The first
 * that fits counts: a special case stands before what it is a case of.
 */
import type { KnownCause } from './known-cause.ts';

const unreachable = String.raw`(?:i/o timeout|connection issue|(?:context|request) canceled|deadline exceeded|no route to host|network is unreachable|Client\.Timeout|StatusCode: 0\b)`;
const denied = `(?:AccessDenied|not authorized|40[13] (?:Forbidden|Unauthorized)|access denied|no basic auth|unauthorized|Forbidden)`;

/** Names the container that did not become what another one's dependsOn waits for. */
export const dependency = /container ordering dependency\s+\[([\w-]+)/i;

export const startingCauses: readonly KnownCause[] = [
  {
    name: 'PlatformMismatch',
    sentence: 'the image of {container} is built for another processor than the tasks have',
    advice:
      'Build the image for the platform of the task definition (docker buildx build --platform linux/amd64 or linux/arm64).',
    texts: [
      /does not contain descriptor matching platform/i,
      /no match(?:ing manifest)? for platform/i,
      /exec format error/i,
    ],
    logs: [/exec format error/i],
  },
  {
    name: 'RegistryUnreachable',
    sentence: 'ECS could not reach the registry of the image of {container}',
    advice:
      'Give the tasks a way to ECR: a NAT gateway, VPC endpoints (ecr.api, ecr.dkr and S3) or a public IP, and outbound 443 in their security group.',
    texts: [
      new RegExp(`CannotPull.*${unreachable}`, 'is'),
      new RegExp(`(?:ecr registry auth|registry auth from Amazon ECR).*${unreachable}`, 'is'),
      /pull command failed: : signal: killed/i,
    ],
  },
  {
    name: 'RegistryThrottled',
    sentence: 'the registry refused the image of {container} because too many pulls came before it',
    advice:
      'Wait and push again; for images of Docker Hub log in, or keep a copy in ECR (a pull-through cache).',
    texts: [/CannotPull.*(?:toomanyrequests|429|pull rate limit|Rate exceeded)/is],
  },
  {
    name: 'PullDenied',
    sentence: 'ECS was not allowed to pull the image of {container}',
    advice:
      "Allow the task's execution role to pull: ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer, and the repository's policy where it is in another account.",
    // Docker Hub says the same of an image that does not exist; ECR does not.
    texts: [
      new RegExp(`CannotPull.*${denied}`, 'is'),
      new RegExp(`(?:ecr registry auth|registry auth from Amazon ECR).*${denied}`, 'is'),
      /ecr:(?:GetAuthorizationToken|BatchGetImage|GetDownloadUrlForLayer)/i,
    ],
  },
  {
    name: 'ImageNotFound',
    sentence: 'the image of {container} is not in its registry',
    advice:
      'Push the image again, and check that no lifecycle rule of the repository deletes what still runs.',
    texts: [
      /CannotPull.*(?:not found|manifest unknown|does not exist|no such (?:image|manifest)|name unknown)/is,
      /CannotPullImageManifestError/i,
    ],
  },
  {
    name: 'PullFailed',
    sentence: 'ECS could not pull the image of {container}',
    advice: 'Read the reason that ECS gives, and try to pull the image by hand.',
    texts: [/CannotPull(?:ECR)?Container/i],
  },
  {
    name: 'SecretsUnreachable',
    sentence: 'ECS could not reach Secrets Manager or Parameter Store for the secrets of {container}',
    advice:
      'Give the tasks a way there: a NAT gateway or VPC endpoints (secretsmanager, ssm), and outbound 443 in their security group.',
    texts: [
      new RegExp(
        `(?:from (?:asm|ssm)|Secrets Manager|Systems Manager|Parameter Store).*${unreachable}`,
        'is',
      ),
    ],
  },
  {
    name: 'SecretDenied',
    sentence: 'ECS was not allowed to read a secret of {container}',
    advice:
      "Allow the task's execution role to read it: secretsmanager:GetSecretValue or ssm:GetParameters, and kms:Decrypt where a key of your own encrypts it.",
    texts: [
      new RegExp(`(?:from (?:asm|ssm)|secretsmanager:|ssm:GetParameter|kms:Decrypt).*${denied}`, 'is'),
      /not authorized to perform: (?:secretsmanager|ssm|kms):/i,
    ],
  },
  {
    name: 'SecretMissing',
    sentence: 'a secret or parameter that {container} is to get does not exist',
    advice:
      "Create the secret or parameter, or correct its ARN or JSON key in the task definition's secrets.",
    texts: [
      /(?:from (?:asm|ssm)).*(?:ResourceNotFoundException|can't find the specified secret|invalid (?:ssm )?parameters|did not contain json key|marked for deletion|ParameterNotFound)/is,
      /Fetching secret data from.*invalid parameters/is,
    ],
  },
  {
    name: 'SecretFailed',
    sentence: 'ECS could not get a secret or parameter for {container}',
    advice:
      "Check that every ARN in the task definition's secrets exists in this Region, and that the task's execution role may read it.",
    texts: [
      /unable to (?:retrieve|pull) secret/i,
      /Fetching secret data/i,
      /unexpected ARN format with parameters/i,
    ],
  },
  {
    name: 'LogGroupMissing',
    sentence: 'the log group of {container} does not exist or cannot be reached',
    advice:
      'Create the log group, or set awslogs-create-group and allow logs:CreateLogGroup; without a NAT gateway the tasks need the VPC endpoint logs.',
    texts: [
      /validate logger args/i,
      /failed to initialize logging driver/i,
      /failed to create Cloudwatch log/i,
      /specified log group does not exist/i,
    ],
  },
  {
    name: 'RoleNotAssumable',
    sentence: 'ECS could not take on a role of the task definition',
    advice: 'Check that the task role and the execution role exist and trust ecs-tasks.amazonaws.com.',
    texts: [
      /unable to assume (?:the |an? )?(?:service[- ]linked )?role/i,
      /IAM trust relationship has been misconfigured/i,
      /sts:AssumeRole.*not authorized|not authorized to perform: sts:AssumeRole/i,
    ],
  },
  {
    name: 'VolumeMountFailed',
    sentence: 'a volume of the task could not be mounted',
    advice:
      'Check the file system, its mount targets in the subnets of the tasks, port 2049 in the security groups of both, and the access point.',
    texts: [
      /EFS (?:utils|volume|mount)/i,
      /mount\.nfs4/i,
      /CannotCreateVolumeError/i,
      /EphemeralStorage provisioning/i,
    ],
  },
  {
    name: 'NoNetworkInterface',
    sentence: 'the task got no network interface or IP address',
    advice:
      'Check that the subnets have free IP addresses and that the quota of network interfaces is not used up; add subnets if not.',
    texts: [
      /insufficient ?free ?addresses/i,
      /network interface provision/i,
      /RESOURCE:ENI/i,
      /Create Network Interface/i,
      /ENI attachment/i,
    ],
  },
  {
    name: 'QuotaReached',
    sentence: "the account's quota of Fargate is used up",
    advice: 'Ask for a higher quota of Fargate vCPUs in this Region, or stop what is not needed.',
    texts: [
      /reached the limit on the number of (?:tasks|vCPUs)/i,
      /configuration is above your limit/i,
      /provisioning capacity limit was exceeded/i,
    ],
  },
  {
    name: 'CapacityUnavailable',
    sentence: 'AWS had no capacity for the tasks',
    advice:
      'Push again later; more subnets in other Availability Zones, another size, or FARGATE beside FARGATE_SPOT make it less likely.',
    texts: [
      /Capacity is unavailable/i,
      /RESOURCE:(?:CPU|MEMORY|FARGATE|GPU|PORTS)/i,
      /no container instances? (?:met|were found)/i,
      /Unable to launch instance/i,
      /UnfulfillableCapacity/i,
    ],
  },
  {
    name: 'SizeNotOffered',
    sentence: 'Fargate does not offer the size that the task definition asks for',
    advice: "Choose one of Fargate's combinations of cpu and memory in the task definition.",
    texts: [
      /No Fargate configuration exists/i,
      /Fargate requires (?:that|task definition)/i,
      /(?:cpu|memory) .*(?:is not|not) supported (?:on|by|for) Fargate/i,
      /Invalid (?:'cpu'|'memory'|CPU or memory) setting/i,
    ],
  },
  {
    name: 'SubnetNotSupported',
    sentence: 'ECS could not place the tasks in their subnets',
    advice: 'Check that Fargate is offered in the Availability Zones of the subnets.',
    texts: [/unable to place a task\. Reason: Internal error/i, /subnet.*(?:does not exist|unsupported)/i],
  },
  {
    name: 'NoCommand',
    sentence: 'the image of {container} says nothing of what to run',
    advice: 'Give the image an ENTRYPOINT or CMD, or the container a command in the task definition.',
    texts: [/no command specified/i],
  },
  {
    name: 'CommandNotFound',
    sentence: 'the command of {container} is not in its image',
    advice:
      "Check the image's ENTRYPOINT and CMD, the task definition's command, and the path of what they name.",
    texts: [/executable file not found/i, /CannotStartContainerError.*no such file or directory/is],
    exitCodes: [127],
  },
  {
    name: 'CommandNotRunnable',
    sentence: 'the command of {container} may not be run',
    advice:
      'Make the file executable in the image (chmod +x), and readable for the user that the image runs as.',
    texts: [/CannotStartContainerError.*permission denied/is],
    exitCodes: [126],
  },
  {
    name: 'DependencyFailed',
    sentence: '{found}, on which another container depends, did not do what that waits for',
    advice:
      'Look at the last lines of {found}; its dependsOn condition (START, COMPLETE, SUCCESS, HEALTHY) must be one that it can fulfil in time.',
    texts: [
      // amazon-ecs-agent, agent/engine/dependencygraph, as its pull request 3218 shows it.
      dependency,
      /container ordering dependency/i,
      /dependen(?:cy|t).*(?:did not exit successfully|could never|timed out|unhealthy|condition)/is,
    ],
  },
  {
    name: 'StartTimedOut',
    sentence: '{container} did not start in time',
    advice: 'Make what the container does before it listens shorter, or its startTimeout longer.',
    texts: [/(?:ContainerRuntime|Docker)TimeoutError/i, /Could not transition to running/i],
  },
  {
    name: 'StartFailed',
    sentence: '{container} could not be started',
    advice: 'Read the reason that ECS gives, and try to run the image by hand.',
    texts: [/Cannot(?:Start|Create|Inspect)Container(?:Config)?Error/i, /OCI runtime create failed/i],
  },
];
