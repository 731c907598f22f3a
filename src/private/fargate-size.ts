import { isKnown, Rule } from './validation';

/**
 * The task sizes that Fargate accepts for Linux, as AWS lists them: CPU units to memory in MiB. 32 vCPU are offered since 2026.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const MEMORIES_BY_CPU: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: inSteps(1024, 4096, 1024),
  1024: inSteps(2048, 8192, 1024),
  2048: inSteps(4096, 16384, 1024),
  4096: inSteps(8192, 30720, 1024),
  8192: inSteps(16384, 61440, 4096),
  16384: inSteps(32768, 122880, 8192),
  32768: [61440, 122880, 249856],
};

/** The CPU sizes that Fargate accepts. */
export const FARGATE_CPUS = Object.keys(MEMORIES_BY_CPU).map(Number);

/** The memory sizes, in MiB, that Fargate accepts with a CPU size; none when it does not know the CPU size. */
export function fargateMemories(cpu: number): number[] {
  return [...MEMORIES_BY_CPU[cpu] ?? []];
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

function inSteps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

function describe(memories: number[]): string {
  return memories.length <= 8
    ? `one of ${memories.join(', ')}`
    : `between ${memories[0]} and ${memories[memories.length - 1]} in steps of ${memories[1] - memories[0]}`;
}
