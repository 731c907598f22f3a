import { DjangoVariable } from '../../config/django-variable';
import { EnvironmentConvention } from '../../config/environment-convention';
import { containerScript } from '../../private/container-script';
import { releaseEntryPoint } from '../release/release-command';

/**
 * Entry point of a container: what runs first and becomes, or starts, the command.
 */
export abstract class EntryPoint {
  /**
   * A small Python program that allows the address of the task in the allowed hosts and then becomes
   * the command, so that Django answers the load balancer's health check (it asks for the task's
   * address) and nobody else's host name. Replaces the image's entry point: one that migrates in
   * every task does not run.
   * @param pythonExecutable Python (3.8 or newer) inside the image; `python` when left out
   */
  public static allowTaskAddress(pythonExecutable: string = 'python'): EntryPoint {
    return new BoundEntryPoint((convention) => [
      // Never an empty word: the action of GitHub that registers task definitions leaves those out, and the command would be taken for the names.
      pythonExecutable, '-c', containerScript('start_web.py'), convention.namesOf(DjangoVariable.ALLOWED_HOSTS).join(',') || ',',
    ]);
  }

  /**
   * A small Python program that runs the commands of a `Release` one after the other and stops at the first
   * that fails. Replaces the image's entry point.
   * @param pythonExecutable Python (3.8 or newer) inside the image; `python` when left out
   */
  public static releaseCommands(pythonExecutable: string = 'python'): EntryPoint {
    return new BoundEntryPoint((convention) => releaseEntryPoint(pythonExecutable, convention));
  }

  /**
   * No entry point: the command is started as it is. Replaces the image's entry point, so that one that migrates does not run. For workers, scheduled
   * tasks and whatever else the load balancer does not ask for its health. The image must have `env`, which images with a shell have.
   */
  public static none(): EntryPoint {
    return new BoundEntryPoint(() => ['env']);
  }

  /**
   * The entry point that the image has. **WARNING**: where it migrates, every task migrates.
   */
  public static ofImage(): EntryPoint {
    return new BoundEntryPoint(() => undefined);
  }

  /**
   * An entry point of your own. A shell must hand over with `exec`, else SIGTERM does not reach the command.
   * @param words program and arguments in exec form
   */
  public static of(...words: string[]): EntryPoint {
    return new BoundEntryPoint(() => words);
  }

  /**
   * The words of the entry point; nothing for the image's own. Called by the construct that uses it.
   * @param convention names of the environment variables
   */
  public abstract bind(convention: EnvironmentConvention): string[] | undefined;
}

class BoundEntryPoint extends EntryPoint {
  public constructor(private readonly binding: (convention: EnvironmentConvention) => string[] | undefined) {
    super();
  }

  public bind(convention: EnvironmentConvention): string[] | undefined {
    return this.binding(convention);
  }
}
