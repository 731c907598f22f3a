import { ChildProcess, spawn } from 'child_process';
import { join } from 'path';
import { createInterface } from 'readline';
import { Resource } from './edge/account';

const ROOT = join(__dirname, '..', '..');

/** What `backend.py` says when all is there. */
export interface Deployed {
  readonly resources: Resource[];
  readonly s3: { url: string; key: string };
  readonly task: [string, number];
  readonly targetGroups: string[];
  readonly tls: { certificate: string; key: string };
  readonly administrator: { username: string; password: string };
  /** The folder with the build that the template publishes. */
  readonly build: string;
}

/** Paths that a distribution forgets. */
export interface Invalidation {
  readonly distribution: string;
  readonly paths: string[];
}

/** What stands behind CloudFront: `backend.py`, for as long as this process lives. */
export class Backend {
  static async start(assembly: string): Promise<Backend> {
    const child = spawn(join(ROOT, '.venv', 'bin', 'python'), [join(__dirname, 'backend.py'), assembly], {
      cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Backend(child, lines, await answerOf(lines) as Deployed);
  }

  private constructor(private readonly child: ChildProcess, private readonly lines: AsyncIterator<string>, readonly deployed: Deployed) {}

  /** Has the handler publish a build. */
  async publish(folder: string): Promise<Invalidation[]> {
    return (await this.ask({ publish: folder }) as { invalidations: Invalidation[] }).invalidations;
  }

  /** What the web task wrote lately, and what S3 refused. */
  async log(): Promise<{ output: string; denied: string[] }> {
    return await this.ask({ log: true }) as { output: string; denied: string[] };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin!.end();
    await ended;
  }

  private ask(command: object): Promise<unknown> {
    this.child.stdin!.write(`${JSON.stringify(command)}\n`);
    return answerOf(this.lines);
  }
}

async function answerOf(lines: AsyncIterator<string>): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done) {
    throw new Error('what stands behind CloudFront did not start, or ended: see above');
  }
  const answer = JSON.parse(value);
  if (answer.error) {
    throw new Error(answer.error);
  }
  return answer;
}
