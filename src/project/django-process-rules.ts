import { DjangoBeatOptions, DjangoContainerOptions, DjangoServiceOptions, DjangoWorkerOptions } from './django-process-props';
import { ENVIRONMENT_RULES } from '../private/environment-rules';
import { nestedRules } from '../private/nested-rules';
import { an, BACKING_SERVICE, boolean, CONVENTION, IMAGE, listOf, shaped } from '../private/shapes';
import { isGiven, Rule } from '../private/validation';
import { CONTAINER_HEALTH_CHECK_RULES } from '../processes/definition/container-health-check-rules';
import { containerRules, STOP_TIMEOUT_RULES } from '../processes/definition/process-definition-rules';
import { WEB_SERVICE_OPTION_RULES } from '../processes/web/web-service-rules';
import { CELERY_BEAT_RULES, CELERY_WORKER_RULES } from '../processes/workers/celery-command-rules';
import { WORKER_OPTION_RULES } from '../processes/workers/worker-rules';

const NOT_BOTH: Rule<{ readonly command?: string[]; readonly celery?: unknown }> = ({ command, celery }) => isGiven(command) && isGiven(celery)
  ? "'command' and 'celery' exclude each other, because the command takes the place of Celery's: leave out one of them"
  : undefined;

/** What holds for the options of a worker that is added to a project. */
export function djangoWorkerRules(defaultCpu: number): Rule<DjangoWorkerOptions>[] {
  return shaped<DjangoWorkerOptions>({}, [
    ...djangoContainerRules(defaultCpu),
    NOT_BOTH,
    ...nestedRules<DjangoWorkerOptions, 'celery'>('celery', CELERY_WORKER_RULES),
    ...STOP_TIMEOUT_RULES,
    ...WORKER_OPTION_RULES,
  ]);
}

/** What holds for the options of a beat that is added to a project. */
export function djangoBeatRules(defaultCpu: number): Rule<DjangoBeatOptions>[] {
  return shaped<DjangoBeatOptions>({ enabled: boolean, enableExecuteCommand: boolean }, [
    ...djangoContainerRules(defaultCpu),
    NOT_BOTH,
    ...nestedRules<DjangoBeatOptions, 'celery'>('celery', CELERY_BEAT_RULES),
  ]);
}

/** What holds for the options of a service that is added to a project. */
export function djangoServiceRules(defaultCpu: number): Rule<DjangoServiceOptions>[] {
  return shaped<DjangoServiceOptions>({ image: an(IMAGE), backingServices: listOf(BACKING_SERVICE), convention: an(CONVENTION) }, [
    ({ image, ...options }) => {
      const given = (['backingServices', 'convention'] as const).filter((prop) => !isGiven(image) && isGiven(options[prop]));
      return given.length > 0
        ? `'${given.join("' and '")}' must be left out without 'image': a service of the project's image has the project's, which 'addBackingService' adds to`
        : undefined;
    },
    ...djangoContainerRules(defaultCpu),
    ...WEB_SERVICE_OPTION_RULES,
  ]);
}

function djangoContainerRules(defaultCpu: number): Rule<DjangoContainerOptions>[] {
  return [
    ...containerRules(defaultCpu),
    ...nestedRules<DjangoContainerOptions, 'containerHealthCheck'>('containerHealthCheck', CONTAINER_HEALTH_CHECK_RULES),
    ...ENVIRONMENT_RULES,
  ];
}
