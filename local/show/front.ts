/** What stands in front of the sample services: for each environment a load balancer, and users who come through it. */
import type { Config } from '../../core/config.ts';
import type { Clock } from '../clock.ts';
import type { Publish } from '../cloudwatch/metric-store.ts';
import { portAllocator } from '../engine/free-port.ts';
import { type Behind, behind } from '../load-balancer/behind.ts';
import { type LoadBalancer, loadBalancer } from '../load-balancer/load-balancer.ts';
import type { Seen } from '../load-balancer/tally.ts';
import { type Traffic, traffic } from '../load-balancer/traffic.ts';
import { isShiftable } from '../sample-balancer.ts';
import { balancerOf } from './config.ts';
import { balancing, publication, requestsPerSecond } from './pace.ts';

export interface Place {
  service: string;
  environment: string;
  /** Of its load balancer. */
  name: string;
  port: number;
  url: string;
  /** Of the test listener, where the environment's traffic is shifted. */
  test?: { port: number; url: string };
}

/** One for each environment of each service; nothing listens there yet. */
export async function placesFor({ services }: Config): Promise<Place[]> {
  const ports = portAllocator();
  const places: Place[] = [];
  for (const [service, { environments }] of Object.entries(services)) {
    for (const configured of environments) {
      const { name: environment } = configured;
      const name = balancerOf(service, environment);
      const test = isShiftable(configured) && listening(await ports.allocate());
      places.push({
        ...{ service, environment, name, ...listening(await ports.allocate()) },
        ...(test && { test }),
      });
    }
  }
  return places;
}

const listening = (port: number) => ({ port, url: `http://127.0.0.1:${port}` });

export interface Front extends Behind {
  /** Users come from now on. Resolves when all of them get answers; rejects when some get none within 20 s. */
  open(): Promise<void>;
  /** What users saw over the last seconds, place by place; since they came unless given. */
  seen(lastSeconds?: number): (Place & { seen: Seen })[];
  /** Users stay away. */
  stop(): void;
  close(): Promise<void>;
}

/** The last environment of the first service: what the show is about. */
export const shownOf = (places: readonly Place[]): Place | undefined =>
  places.findLast(({ service }) => service === places[0]?.service);

/** Rejects when a port was taken meanwhile. */
export async function frontOf(
  places: readonly Place[],
  clock: Clock,
  metricsOf: (place: Place) => Publish,
): Promise<Front> {
  const balancers = new Map<Place, LoadBalancer>();
  for (const place of places) {
    const { name, port, test } = place;
    const metrics = metricsOf(place);
    const shifting = test && { shiftable: true, testPort: test.port };
    const settings = { clock, name, port, metrics, ...shifting, ...balancing, ...publication };
    balancers.set(place, await loadBalancer(settings));
  }
  const users = new Map<Place, Traffic>();

  async function answered({ url, seen }: Place & Pick<Traffic, 'seen'>): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const { requests, errors } = seen(1);
      if (requests > 0 && errors === 0) return;
      await new Promise<void>((resolve) => clock.after(100, resolve));
    }
    throw new Error(`the sample service gave no answer at ${url} within 20 s`);
  }

  return {
    ...behind([...balancers.values()]),
    async open() {
      for (const place of places) {
        const shown = place === shownOf(places);
        const rate = shown ? requestsPerSecond.shown : requestsPerSecond.others;
        users.set(place, traffic({ clock, url: `${place.url}/`, requestsPerSecond: rate }));
      }
      await Promise.all([...users].map(([place, { seen }]) => answered({ ...place, seen })));
    },
    seen: (lastSeconds) => [...users].map(([place, { seen }]) => ({ ...place, seen: seen(lastSeconds) })),
    stop() {
      for (const one of users.values()) one.stop();
    },
    async close() {
      await Promise.all([...balancers.values()].map((one) => one.close()));
    },
  };
}
