/** The combinations of CPU and memory that Fargate offers. Source: "Fargate task definition differences" in the ECS guide. */

const GiB = 1024;

/** CPU units → memory in MiB from, to, in steps of. */
const sizes: Record<number, [from: number, to: number, step: number]> = {
  256: [512, 2 * GiB, GiB],
  512: [GiB, 4 * GiB, GiB],
  1024: [2 * GiB, 8 * GiB, GiB],
  2048: [4 * GiB, 16 * GiB, GiB],
  4096: [8 * GiB, 30 * GiB, GiB],
  8192: [16 * GiB, 60 * GiB, 4 * GiB],
  16384: [32 * GiB, 120 * GiB, 8 * GiB],
};

/** Why Fargate would refuse it, in AWS's words. Accepts `.5 vCPU` and `1 GB` as AWS does. */
export function fargateSizeError(cpu: string, memory: string): string | undefined {
  const units = inUnits(cpu, /^([\d.]+)\s*vcpu$/i);
  const megabytes = inUnits(memory, /^([\d.]+)\s*gb$/i);
  const offered = sizes[units];
  // 0.25 vCPU with half a gigabyte is the one size off the grid of whole gigabytes.
  const [from, to, step] = offered ?? [0, 0, 1];
  const onGrid = megabytes === from || (megabytes - (from < GiB ? 0 : from)) % step === 0;
  if (offered && megabytes >= from && megabytes <= to && onGrid) return undefined;
  return (
    `No Fargate configuration exists for given values: ${units} CPU, ${megabytes} memory. ` +
    'See the Amazon ECS documentation for the valid values.'
  );
}

function inUnits(value: string, named: RegExp): number {
  const [, amount] = named.exec(value.trim()) ?? [];
  return amount === undefined ? Number(value) : Number(amount) * 1024;
}
