/** An application load balancer on this machine: a reverse proxy in front of target groups, which reports as AWS's does. */
import { Agent, createServer, type Server } from 'node:http';
import { errorPage, forward } from './forward.ts';
import type { Listener } from './listener.ts';
import { httpProbe } from './probe.ts';
import { assemble, type Balancing, type LoadBalancerSettings } from './settings.ts';

export interface LoadBalancer extends Balancing {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** The same of the test listener, where the load balancer is shiftable. */
  testUrl?: string;
  /** Breaks off what is under way. What was measured is still published. May be repeated. */
  close(): Promise<void>;
}

interface ProxySettings extends LoadBalancerSettings {
  /** Of 127.0.0.1; any free one by default. */
  port?: number;
  /** Of the test listener. */
  testPort?: number;
  /** How long a target may take to begin its answer; then 504. AWS: 60. */
  idleTimeoutSeconds?: number;
  /** Milliseconds from any origin. Only durations are measured with it. */
  stopwatch?: () => number;
}

/** Rejects when it cannot listen on a port. */
export async function loadBalancer(settings: ProxySettings): Promise<LoadBalancer> {
  const { clock, port = 0, testPort = 0, idleTimeoutSeconds = 60 } = settings;
  const { stopwatch = () => performance.now() } = settings;
  const assembled = assemble(settings, httpProbe(clock));
  const { arn, dimension, targetGroup, shift, production, test, close } = assembled;
  const agent = new Agent({ keepAlive: true });
  const forwarding = { clock, stopwatch, agent, idleTimeoutSeconds };
  const servers: Server[] = [];

  async function listen(listener: Listener, asked: number): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      const { targets, metrics } = listener.next() ?? {};
      const target = targets?.choose();
      if (target && metrics) return forward(incoming, outgoing, target, { ...forwarding, metrics });
      (metrics ?? assembled.metrics).refused();
      errorPage(outgoing, 503);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(asked, '127.0.0.1', resolve);
    });
    servers.push(server);
    const address = server.address();
    return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : asked}`;
  }

  async function closeAll() {
    close();
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const server of servers) server.closeAllConnections();
    agent.destroy();
    await Promise.all(closed);
  }

  try {
    const url = await listen(production, port);
    const testUrl = shift && (await listen(test, testPort));
    return {
      url,
      ...(testUrl && { testUrl }),
      arn,
      dimension,
      targetGroup,
      ...(shift && { shift }),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
