import { GUNICORN_RULES, gunicornEnvironment, gunicornRequests, speaksAsgi } from './gunicorn';
import { gunicornOptionsIn } from './server-command';
import { pingSeconds, UVICORN_RULES, uvicornEnvironment } from './uvicorn';
import { GunicornOptions, UvicornOptions } from './web-server-props';
import { ServerSettings, text } from './web-server-settings';
import { nestedRules } from '../../private/nested-rules';
import { isKnown, joined, Rule, show } from '../../private/validation';

/** Applications of a project that have names of their own. */
interface ProjectApplications {
  readonly wsgiApplication?: string;
  readonly asgiApplication?: string;
}

/**
 * Server that runs in the tasks of a web service. It decides about the environment variables by which the server learns its port, its
 * workers and its timeouts, so that an image's own command works unchanged; options on the command line go first.
 *
 * @example
 *
 * WebServer.gunicorn({ threads: 8 });
 * WebServer.uvicorn();
 */
export abstract class WebServer {
  /**
   * gunicorn: one process for each vCPU with 16 threads each, told by `GUNICORN_CMD_ARGS` and `WEB_CONCURRENCY`.
   * @param options number of workers and threads, class of the workers
   */
  public static gunicorn(options: GunicornOptions = {}): WebServer {
    return new Gunicorn(options);
  }

  /**
   * uvicorn, for ASGI and WebSockets: one process for each vCPU, told by `UVICORN_*` and `WEB_CONCURRENCY`. It pings WebSockets, so that
   * the load balancer keeps them open; a deployment closes them once the request timeout is over, and browsers must connect again.
   *
   * The number of requests at the same time has no limit, and Django's own connections to the database no pool: set one in `DATABASES`, or
   * put a proxy before the database.
   * @param options number of workers, time between pings
   */
  public static uvicorn(options: UvicornOptions = {}): WebServer {
    return new Uvicorn(options);
  }

  /**
   * Any other server, e.g. nginx with a front end. It gets nothing but `PORT`. Let it keep idle connections longer than the load balancer
   * does, and end its requests on SIGTERM; uWSGI needs variables for that.
   * @see https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html
   */
  public static other(): WebServer {
    return new Other();
  }

  /**
   * Program whose settings the variables are; absent where it may be any.
   * @internal
   */
  public readonly _program?: string;

  /**
   * Variable that holds what keeps a rolling deployment from losing requests: users who set it themselves are told what ours would say.
   * @internal
   */
  public abstract readonly _argumentsVariable?: string;

  /**
   * What is wrong with the options, each sentence beginning with the option as `'server.<option>'`.
   * @internal
   */
  public abstract _problem(): string | undefined;

  /**
   * Environment variables of the server.
   * @internal
   */
  public abstract _environment(settings: ServerSettings): Record<string, string>;

  /**
   * Factors whose product is the number of requests that a task serves at the same time, and so of its database connections; 0 among them
   * where there is no limit.
   * @internal
   */
  public abstract _requestsPerTask(cpu: number, command?: string[]): number[];

  /**
   * Command in exec form for a project, or for the application of the interface that the server speaks; nothing where there is neither.
   * @internal
   */
  public abstract _defaultCommand(project: string | undefined, applications?: ProjectApplications): string[] | undefined;

  /**
   * What is legal but risky with the load balancer's idle timeout.
   * @internal
   */
  public _risk(_idleTimeoutSeconds: number): string | undefined {
    return undefined;
  }
}

class Gunicorn extends WebServer {
  public override readonly _program = 'gunicorn';
  public readonly _argumentsVariable = 'GUNICORN_CMD_ARGS';

  public constructor(private readonly options: GunicornOptions) {
    super();
  }

  public _problem(): string | undefined {
    return problemOf(this.options, GUNICORN_RULES);
  }

  public _environment(settings: ServerSettings): Record<string, string> {
    return gunicornEnvironment(this.options ?? {}, settings);
  }

  public _requestsPerTask(cpu: number, ownCommand?: string[]): number[] {
    return gunicornRequests({ ...this.options, ...gunicornOptionsIn(ownCommand) }, cpu);
  }

  public _defaultCommand(project: string | undefined, applications?: ProjectApplications): string[] | undefined {
    return command(this._program, speaksAsgi(this.options ?? {}) ? 'asgi' : 'wsgi', project, applications);
  }
}

class Uvicorn extends WebServer {
  public override readonly _program = 'uvicorn';
  public readonly _argumentsVariable = undefined;

  public constructor(private readonly options: UvicornOptions) {
    super();
  }

  public _problem(): string | undefined {
    return problemOf(this.options, UVICORN_RULES);
  }

  public _environment(settings: ServerSettings): Record<string, string> {
    return uvicornEnvironment(this.options ?? {}, settings);
  }

  public _requestsPerTask(): number[] {
    return [0];
  }

  public _defaultCommand(project: string | undefined, applications?: ProjectApplications): string[] | undefined {
    return command(this._program, 'asgi', project, applications);
  }

  public override _risk(idleTimeoutSeconds: number): string | undefined {
    const ping = pingSeconds(this.options ?? {}, idleTimeoutSeconds);
    return isKnown(idleTimeoutSeconds) && ping >= idleTimeoutSeconds
      ? `WebSockets are pinged every ${show(ping)} s, and the load balancer closes what is silent for ${idleTimeoutSeconds} s: ` +
        "lower 'server.webSocketPingInterval' or raise the idle timeout of the load balancer."
      : undefined;
  }
}

class Other extends WebServer {
  public readonly _argumentsVariable = undefined;

  public _problem(): undefined {
    return undefined;
  }

  public _environment({ port }: ServerSettings): Record<string, string> {
    return { PORT: text(port) };
  }

  public _requestsPerTask(): number[] {
    return [0];
  }

  public _defaultCommand(): undefined {
    return undefined;
  }
}

/** A server's command for what a project has of an interface. */
function command(server: string, speaks: 'wsgi' | 'asgi', project: string | undefined, applications: ProjectApplications = {}): string[] | undefined {
  const application = applications[`${speaks}Application`] ?? (project === undefined ? undefined : `${project}.${speaks}:application`);
  return application === undefined ? undefined : [server, application];
}

/** The options are judged as those of a struct called `server`. */
function problemOf<P>(options: P, rules: Rule<NonNullable<P>>[]): string | undefined {
  return joined(nestedRules<{ server: P }, 'server'>('server', rules).map((rule) => rule({ server: options })));
}
