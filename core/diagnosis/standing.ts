/** Why a task that ran was stopped, and why a deployment does not come on. As in starting.ts, the first that fits counts. */
import type { KnownCause } from './known-cause.ts';

/** ECS has no stop code for a load balancer's health check, only this text, which it puts into the task and, longer, into an event. */
const elb = String.raw`(?:failed ELB health checks|is (?:unhealthy|not healthy) in \(?(?:target-group|elb))`;

export const standingCauses: readonly KnownCause[] = [
  {
    name: 'TargetGroupMissing',
    sentence: 'the target group of the service is gone',
    advice: 'ECS does not get over that: create the service again, with a target group that exists.',
    texts: [/TARGET GROUP IS NOT FOUND/i],
  },
  {
    name: 'ZoneNotEnabled',
    sentence: 'the load balancer does not reach the Availability Zone of the task',
    advice: "Enable the Availability Zones of the service's subnets for the load balancer.",
    texts: [/Availability Zone that is not enabled for the load balancer/i],
  },
  {
    name: 'HealthCheckStatus',
    sentence: "the load balancer's health check got {found} instead of success",
    advice:
      "Ask the path of the target group's health check by hand: the new version answers it with an error, or does not know it.",
    texts: [/Health checks failed with these codes: \[([\d, ]+)\]/i],
  },
  {
    name: 'HealthCheckTimeout',
    sentence: "the load balancer's health check got no answer in time",
    advice:
      "Check the port that the container listens on, the security group that lets the load balancer in, and whether the start takes longer than the service's grace period.",
    texts: [/due to \(reason Request timed out/i, /Target\.Timeout/i],
  },
  {
    name: 'HealthCheckRefused',
    sentence: "the load balancer's health check found nobody listening",
    advice:
      'Check that the container listens on the containerPort of its port mapping, on 0.0.0.0 and not on 127.0.0.1.',
    texts: [
      /due to \(reason Health checks failed\)/i,
      /due to \(reason .*connection/i,
      /Target\.FailedHealthChecks/i,
    ],
  },
  {
    name: 'HealthCheckFailed',
    sentence: "the task failed the load balancer's health checks",
    advice:
      "Ask the path of the target group's health check by hand, and check the port, the security groups and the service's grace period.",
    texts: [new RegExp(elb, 'i')],
  },
  {
    name: 'ContainerUnhealthy',
    sentence: 'the health check of {container} failed',
    advice:
      "Run the health check's command in the image by hand: it may miss the tool that it calls, or start too early (startPeriod).",
    texts: [/failed container health checks/i],
  },
  {
    name: 'DiscoveryUnhealthy',
    sentence: 'the task failed the health checks of Cloud Map',
    advice: "Check the health check that the service's registry in Cloud Map asks for.",
    texts: [/failed (?:Route 53|Cloud ?Map|service discovery) health checks/i],
  },
  {
    name: 'DeploymentStalled',
    sentence: 'ECS may neither start a new task nor stop an old one',
    advice: "Raise the service's maximumPercent or lower its minimumHealthyPercent.",
    texts: [/unable to stop or start tasks during a deployment/i],
  },
  {
    name: 'ScaleInProtected',
    sentence: 'old tasks are protected from being stopped',
    advice: 'Take the protection from them (UpdateTaskProtection), or wait until it ends.',
    texts: [/protected tasks are more than the desired count/i],
  },
  {
    name: 'ApiThrottled',
    sentence: "AWS slowed ECS's own calls down",
    advice: 'Wait and push again; fewer deployments at once, or a higher quota, keep it from coming back.',
    texts: [/operations are being throttled/i, /ECS_OPERATION_THROTTLED/, /Rate exceeded/i],
    blameless: true,
  },
  {
    name: 'SpotInterrupted',
    sentence: 'AWS took the capacity of a Spot task back',
    advice: 'This is no fault of the new version: push again, and keep some tasks on FARGATE.',
    stopCodes: ['SpotInterruption'],
    blameless: true,
  },
  {
    name: 'HostRetired',
    sentence: 'AWS took the host of the task away',
    advice: 'This is no fault of the new version: push again.',
    stopCodes: ['TerminationNotice', 'InfrastructureHealth'],
    blameless: true,
  },
  {
    name: 'StoppedByHand',
    sentence: 'somebody stopped the task',
    advice: 'Ask who stopped it and why; if it was a mistake, push again.',
    stopCodes: ['UserInitiated'],
    blameless: true,
  },
  {
    name: 'StartsImpaired',
    sentence: 'tasks of the service fail to start again and again',
    advice: "Look at the service's stopped tasks in ECS's console, as long as they are there: an hour.",
    texts: [
      /unable to consistently start tasks/i,
      /could not launch \d+ tasks/i,
      /was unable to place a task/i,
    ],
  },
];
