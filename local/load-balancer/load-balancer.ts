/** An application load balancer on this machine: a reverse proxy in front of a target group, which reports as AWS's does. */
import { Agent, createServer } from 'node:http';
import { errorPage, forward } from './forward.ts';
import { httpProbe } from './probe.ts';
import { assemble, type LoadBalancerSettings } from './settings.ts';
import type { TargetGroup } from './target-group.ts';

export interface LoadBalancer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  arn: string;
  /** The value of CloudWatch's `LoadBalancer` dimension. */
  dimension: string;
  targetGroup: TargetGroup;
  /** Breaks off what is under way. What was measured is still published. May be repeated. */
  close(): Promise<void>;
}

interface ProxySettings extends LoadBalancerSettings {
  /** Of 127.0.0.1; any free one by default. */
  port?: number;
  /** How long a target may take to begin its answer; then 504. AWS: 60. */
  idleTimeoutSeconds?: number;
  /** Milliseconds from any origin. Only durations are measured with it. */
  stopwatch?: () => number;
}

/** Rejects when it cannot listen on the port. */
export async function loadBalancer(settings: ProxySettings): Promise<LoadBalancer> {
  const { clock, port = 0, idleTimeoutSeconds = 60, stopwatch = () => performance.now() } = settings;
  const { arn, dimension, targetGroup, metrics, close } = assemble(settings, httpProbe(clock));
  const agent = new Agent({ keepAlive: true });
  const forwarding = { clock, stopwatch, metrics, agent, idleTimeoutSeconds };

  const server = createServer((incoming, outgoing) => {
    const target = targetGroup.choose();
    if (target) return forward(incoming, outgoing, target, forwarding);
    metrics.refused();
    errorPage(outgoing, 503);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    close();
    throw error;
  }
  const address = server.address();
  const listening = address && typeof address === 'object' ? address.port : port;

  return {
    url: `http://127.0.0.1:${listening}`,
    arn,
    dimension,
    targetGroup,
    async close() {
      close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
