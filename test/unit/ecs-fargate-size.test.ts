import { expect, test } from 'vitest';
import { fargateSizeError } from '../../local/ecs/fargate-size.ts';

test.each([
  ['256', '512'],
  ['256', '1024'],
  ['256', '2048'],
  ['.25 vCPU', '0.5 GB'],
  ['512', '4096'],
  ['1024', '2048'],
  ['4096', '30720'],
  ['8192', '16384'],
  ['16384', '122880'],
])('Fargate offers %s CPU with %s memory', (cpu, memory) => {
  expect(fargateSizeError(cpu, memory)).toBeUndefined();
});

test.each([
  ['256', '511'],
  ['256', '3072'],
  ['256', '1536'],
  ['512', '512'],
  ['1024', '1024'],
  ['4096', '31744'],
  ['8192', '17408'],
  ['300', '1024'],
])('Fargate does not offer %s CPU with %s memory', (cpu, memory) => {
  expect(fargateSizeError(cpu, memory)).toBe(
    `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. ` +
      'See the Amazon ECS documentation for the valid values.',
  );
});
