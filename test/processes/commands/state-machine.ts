/** Executes a definition in Amazon States Language step by step, as far as ours goes: JSONata, with variables and with time that only waiting takes. */
import jsonata from 'jsonata';

// The interpreter asks for Node 22 because of this alone; the tests run on 20 as well.
(Promise as any).withResolvers ??= () => {
  const resolvers: any = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};

export type Json = { [key: string]: any };

/** Name of the execution that a test runs, unless it says another. */
export const EXECUTION = 'Cleanup-3';
export const MACHINE_ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Commands';
export const STARTED = Date.parse('2026-05-01T12:00:00.000Z');

/** What a task fails with. */
export class TaskError extends Error {
  public constructor(name: string, cause: unknown = 'no details') {
    super(typeof cause === 'string' ? cause : JSON.stringify(cause));
    this.name = name;
  }
}

/** What a state does with its arguments; `seconds` is the time that passes. */
export type Task = (input: Json, seconds: (count: number) => void) => unknown;

export interface Result {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: any;
  readonly error?: string;
  readonly cause?: string;

  /** Names of the states in the order in which they ran. */
  readonly path: string[];

  /** Seconds that it took. */
  readonly seconds: number;
}

/** Runs an execution to its end; `tasks` by the names of their states. */
export async function execute(definition: Json, input: Json, tasks: { [state: string]: Task }, executionName: string = EXECUTION): Promise<Result> {
  const path: string[] = [];
  const variables: Json = {};
  let now = STARTED;
  let value: any = input;
  let name: string = definition.StartAt;
  const pass = (seconds: number) => { now += seconds * 1000; };

  for (;;) {
    path.push(name);
    const state: Json = definition.States[name];
    const context = {
      Execution: { Id: executionArn(executionName), Name: executionName, Input: input, StartTime: new Date(STARTED).toISOString() },
      State: { Name: name, EnteredTime: new Date(now).toISOString() },
      StateMachine: { Id: MACHINE_ARN, Name: 'Commands' },
    };
    const evaluated = (field: unknown, more: Json = {}) => evaluate(field, { ...variables, states: { input: value, context, ...more } });
    const leave = async (way: Json, result: any, more: Json = {}) => {
      const assigned = await evaluated(way.Assign ?? {}, more);
      value = way.Output === undefined ? result : await evaluated(way.Output, more);
      Object.assign(variables, assigned);
      name = way.Next ?? way.Default;
    };

    switch (state.Type) {
      case 'Succeed': return { status: 'SUCCEEDED', output: await evaluated(state.Output ?? value), path, seconds: (now - STARTED) / 1000 };
      case 'Fail': return { status: 'FAILED', error: await evaluated(state.Error), cause: await evaluated(state.Cause), path, seconds: (now - STARTED) / 1000 };
      case 'Pass': await leave(state, value); break;
      case 'Wait': {
        const seconds = await evaluated(state.Seconds);
        if (!Number.isInteger(seconds) || seconds < 0) {
          throw new Error(`${name} waits ${seconds} seconds`);
        }
        pass(seconds);
        await leave(state, value);
        break;
      }
      case 'Choice': await leave(await firstTrue(state.Choices, evaluated) ?? { Next: state.Default }, value); break;
      case 'Task': {
        try {
          const result = await attempt(name, state, evaluated, tasks, pass);
          await leave(state, result, { result });
        } catch (error) {
          const { name: Error, message: Cause } = error as Error;
          const errorOutput = { Error, ...Cause ? { Cause } : {} };
          const way = (state.Catch ?? []).find(({ ErrorEquals }: Json) => isMeant(ErrorEquals, Error));
          if (!way) {
            return { status: 'FAILED', error: Error, cause: Cause, path, seconds: (now - STARTED) / 1000 };
          }
          await leave(way, errorOutput, { errorOutput });
        }
        break;
      }
      default: throw new Error(`${name} is a ${state.Type}`);
    }
  }
}

export function executionArn(name: string): string {
  return `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
}

async function attempt(
  name: string, state: Json, evaluated: (field: unknown) => Promise<any>, tasks: { [state: string]: Task }, pass: (seconds: number) => void,
): Promise<unknown> {
  const timeout = await evaluated(state.TimeoutSeconds);
  if (!Number.isInteger(timeout) || timeout <= 0) {
    throw new Error(`${name} times out after ${timeout} seconds`);
  }
  const input = await evaluated(state.Arguments);
  const tries = (state.Retry ?? []).map(() => 0);
  for (;;) {
    let spent = 0;
    try {
      return JSON.parse(JSON.stringify(withinTime(() => tasks[name](input, (count) => { spent += count; }), () => spent > timeout)));
    } catch (error) {
      const index = (state.Retry ?? []).findIndex(({ ErrorEquals }: Json) => isMeant(ErrorEquals, (error as Error).name));
      if (index < 0 || tries[index]++ >= state.Retry[index].MaxAttempts) {
        throw error;
      }
    } finally {
      pass(Math.min(spent, timeout));
    }
  }
}

/** What a task gives or fails with, unless it took too long. */
function withinTime(task: () => unknown, isLate: () => boolean): unknown {
  try {
    const result = task();
    if (!isLate()) {
      return result;
    }
  } catch (error) {
    if (!isLate()) {
      throw error;
    }
  }
  throw new TaskError('States.Timeout', '');
}

async function firstTrue(rules: Json[], evaluated: (field: unknown) => Promise<any>): Promise<Json | undefined> {
  for (const rule of rules) {
    const verdict = await evaluated(rule.Condition);
    if (typeof verdict !== 'boolean') {
      throw new Error(`${rule.Condition} is no boolean but ${JSON.stringify(verdict)}`);
    }
    if (verdict) {
      return rule;
    }
  }
  return undefined;
}

/** `States.TaskFailed` means every error but a timeout. */
function isMeant(names: string[], error: string): boolean {
  return names.includes('States.ALL') || names.includes(error) || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}

async function evaluate(field: any, bindings: Json): Promise<any> {
  if (Array.isArray(field)) {
    return Promise.all(field.map((each) => evaluate(each, bindings)));
  }
  if (typeof field === 'object' && field !== null) {
    return Object.fromEntries(await Promise.all(Object.entries(field).map(async ([key, each]) => [key, await evaluate(each, bindings)])));
  }
  const expression = typeof field === 'string' ? /^\{%([^]*)%\}$/.exec(field) : null;
  if (!expression) {
    return field;
  }
  const result = await jsonata(expression[1]).evaluate(undefined, { ...bindings, parse: (text: string) => JSON.parse(text) });
  if (result === undefined) {
    throw new TaskError('States.QueryEvaluationError', `undefined: ${field}`);
  }
  return typeof result === 'object' ? JSON.parse(JSON.stringify(result)) : result;
}
