import { FARGATE_CPUS, fargateMemories, fargateSize } from '../../src/private/fargate-size';

const rule = fargateSize<{ cpu?: number; memoryLimitMiB?: number }>({ cpu: 512, memoryLimitMiB: 1024 });

describe('Fargate task sizes', () => {
  test.each([
    [256, [512, 1024, 2048]],
    [512, [1024, 2048, 3072, 4096]],
    [1024, [2048, 3072, 4096, 5120, 6144, 7168, 8192]],
    [32768, [61440, 122880, 249856]],
  ])('with %d CPU units are the documented ones', (cpu, memories) => {
    expect(fargateMemories(cpu)).toEqual(memories);
  });

  test.each([[2048, 4096, 16384, 13], [4096, 8192, 30720, 23], [8192, 16384, 61440, 12], [16384, 32768, 122880, 12]])(
    'with %d CPU units run from %d to %d MiB', (cpu, first, last, count) => {
      const memories = fargateMemories(cpu);
      expect([memories[0], memories[memories.length - 1], memories.length]).toEqual([first, last, count]);
    });

  test('every pair of the table is accepted', () => {
    for (const cpu of FARGATE_CPUS) {
      for (const memoryLimitMiB of fargateMemories(cpu)) {
        expect(rule({ cpu, memoryLimitMiB })).toBeUndefined();
      }
    }
  });

  test.each([
    [{ cpu: 256, memoryLimitMiB: 4096 }, "'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 4096"],
    [{ cpu: 256, memoryLimitMiB: 256 }, "'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 256"],
    [{ cpu: 256, memoryLimitMiB: 1536 }, "'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 1536"],
    [{ cpu: 2048 }, "'memoryLimitMiB' must be between 4096 and 16384 in steps of 1024 with 'cpu' 2048, got 1024"],
    [{ cpu: 32768, memoryLimitMiB: 65536 }, "'memoryLimitMiB' must be one of 61440, 122880, 249856 with 'cpu' 32768, got 65536"],
    [{ cpu: 300 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 300"],
    [{ cpu: 0 }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got 0"],
    [{ cpu: 'small' as unknown as number }, "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 (1024 is one vCPU), got \"small\""],
  ])('%j is refused with what is allowed', (size, message) => {
    expect(rule(size)).toBe(message);
  });
});
