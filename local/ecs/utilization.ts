/**
 * What services use of the CPU and memory that their task definitions reserve, as ECS tells CloudWatch: CPUUtilization and
 * MemoryUtilization of AWS/ECS, one value a task and period. Nothing where no task runs.
 */
import type { Publish } from '../cloudwatch/metric-store.ts';
import type { Usage } from '../engine/engine.ts';
import { lastPart } from './names.ts';
import type { Store } from './store.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';
import type { Timers } from './timers.ts';

export interface Publication {
  /** AWS: 60. */
  periodSeconds: number;
  /** From the end of a period to its being readable. */
  publicationDelaySeconds: number;
}

export const awsPublication: Publication = { periodSeconds: 60, publicationDelaySeconds: 60 };

/** Looks at the end of each period. Ends with the clock. */
export function utilization(
  store: Store,
  clock: Timers,
  publish: Publish,
  { periodSeconds, publicationDelaySeconds }: Publication,
): void {
  const periodMs = periodSeconds * 1000;
  /** CPU seconds of each task at the end of the last period. */
  let before = new Map<string, number>();

  function look() {
    const ends = Math.floor(clock.now() / periodMs) * periodMs;
    const seen = new Map<string, number>();
    const services = new Map<
      string,
      { cpu: number[]; memory: number[]; dimensions: Record<string, string> }
    >();
    for (const { record, usage } of store.tasks.values()) {
      const { view, definition, rollout } = record;
      const used = rollout && usage();
      if (!used) continue;
      const { taskArn, group = '' } = view;
      seen.set(taskArn, used.cpuSeconds);
      const known = before.get(taskArn);
      const key = `${view.clusterArn} ${group}`;
      const service = services.get(key) ?? {
        ...{ cpu: [], memory: [] },
        dimensions: {
          ClusterName: lastPart(view.clusterArn ?? ''),
          ServiceName: group.replace('service:', ''),
        },
      };
      services.set(key, service);
      const share = sharesOf(
        definition,
        used,
        known === undefined ? undefined : used.cpuSeconds - known,
        periodSeconds,
      );
      if (share.cpu !== undefined) service.cpu.push(share.cpu);
      if (share.memory !== undefined) service.memory.push(share.memory);
    }
    before = seen;
    clock.after(publicationDelaySeconds * 1000, () => {
      for (const { cpu, memory, dimensions } of services.values()) {
        const common = { namespace: 'AWS/ECS', dimensions, unit: 'Percent', at: ends - periodMs };
        if (cpu.length > 0) publish({ ...common, metricName: 'CPUUtilization', values: distribution(cpu) });
        if (memory.length > 0)
          publish({ ...common, metricName: 'MemoryUtilization', values: distribution(memory) });
      }
    });
  }
  const tick = () => {
    const ends = (Math.floor(clock.now() / periodMs) + 1) * periodMs;
    clock.after(ends - clock.now(), () => {
      look();
      tick();
    });
  };
  tick();
}

/** In per cent of what the task reserves. */
function sharesOf(
  { cpu, memory, containerDefinitions }: RegisteredTaskDefinition,
  { memoryBytes }: Usage,
  cpuSeconds: number | undefined,
  seconds: number,
): { cpu?: number; memory?: number } {
  const sum = (of: 'cpu' | 'memory') =>
    containerDefinitions.reduce((total, container) => total + (container[of] ?? 0), 0);
  const units = amount(cpu, /vcpu/i) || sum('cpu');
  const megabytes = amount(memory, /gb/i) || sum('memory');
  return {
    ...(units > 0 && cpuSeconds !== undefined && { cpu: (100 * cpuSeconds) / (seconds * (units / 1024)) }),
    ...(megabytes > 0 && { memory: (100 * memoryBytes) / (megabytes * 1024 * 1024) }),
  };
}

/** `256`, `.25 vCPU`, `512`, `1 GB`. */
function amount(text: string | undefined, thousands: RegExp): number {
  const value = Number.parseFloat(text ?? '');
  if (Number.isNaN(value)) return 0;
  return thousands.test(text ?? '') ? value * 1024 : value;
}

function distribution(values: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const value of values) {
    const rounded = Number(value.toPrecision(6));
    found.set(rounded, (found.get(rounded) ?? 0) + 1);
  }
  return found;
}
