import { isKnown, Rule } from './validation';

/**
 * The task sizes that Fargate accepts for Linux: CPU units to memory in MiB (from, to, step).
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const MEMORY_BY_CPU: Record<number, { readonly from: number; readonly to: number; readonly step: number }> = {
  256: { from: 512, to: 2048, step: 512 }, // 512, 1024, 2048: 1536 is taken out below
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16384, step: 1024 },
  4096: { from: 8192, to: 30720, step: 1024 },
  8192: { from: 16384, to: 61440, step: 4096 },
  16384: { from: 32768, to: 122880, step: 8192 },
};

const NOT_OFFERED: Record<number, number[]> = { 256: [1536] };

/** The CPU sizes that Fargate accepts. */
export const FARGATE_CPUS = Object.keys(MEMORY_BY_CPU).map(Number);

/** The memory sizes, in MiB, that Fargate accepts with a CPU size; none when it does not know the CPU size. */
export function fargateMemories(cpu: number): number[] {
  const range = MEMORY_BY_CPU[cpu];
  if (!range) {
    return [];
  }
  const all = Array.from({ length: (range.to - range.from) / range.step + 1 }, (_, index) => range.from + index * range.step);
  return all.filter((memory) => !NOT_OFFERED[cpu]?.includes(memory));
}

/** `cpu` and `memoryLimitMiB` must be a pair that Fargate accepts. */
export function fargateSize<P extends { cpu?: number; memoryLimitMiB?: number }>(defaults: { cpu: number; memoryLimitMiB: number }): Rule<P> {
  return (props) => {
    const cpu = props.cpu ?? defaults.cpu;
    const memory = props.memoryLimitMiB ?? defaults.memoryLimitMiB;
    if (!isKnown(cpu) || !isKnown(memory)) {
      return undefined;
    }
    const memories = typeof cpu === 'number' ? fargateMemories(cpu) : [];
    if (memories.length === 0) {
      return `'cpu' must be one of ${FARGATE_CPUS.join(', ')} (1024 is one vCPU), got ${JSON.stringify(cpu)}`;
    }
    return memories.includes(memory)
      ? undefined
      : `'memoryLimitMiB' must be ${describe(memories)} with 'cpu' ${cpu}, got ${JSON.stringify(memory)}`;
  };
}

function describe(memories: number[]): string {
  return memories.length <= 8
    ? `one of ${memories.join(', ')}`
    : `between ${memories[0]} and ${memories[memories.length - 1]} in steps of ${memories[1] - memories[0]}`;
}
