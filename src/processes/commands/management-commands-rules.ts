import { ManagementCommandsProps } from './management-commands-props';
import { an, COMMAND_RUNNER, Kind, PROCESS, requiredKind, SERVICE, shaped } from '../../private/shapes';
import { isKnown, matches, Rule } from '../../private/validation';

const RELEASE: Kind = { name: 'a Release', member: 'command', hint: 'make one' };
const ENDPOINT_RULE: Rule<ManagementCommandsProps> = ({ databaseEndpoint }) => isKnown(databaseEndpoint) && !(databaseEndpoint.host && databaseEndpoint.port)
  ? "'databaseEndpoint' must have a host and a port: e.g. { host: database.host, port: database.port }"
  : undefined;

/** What holds for the props of `ManagementCommands`. */
export const MANAGEMENT_COMMANDS_RULES = shaped<ManagementCommandsProps>({
  commandRunner: requiredKind(COMMAND_RUNNER), process: requiredKind(PROCESS), service: an(SERVICE), release: an(RELEASE),
}, [
  ENDPOINT_RULE,
  matches('pythonExecutable', /^\S+$/, "be the program as one word, e.g. 'python3' or '/venv/bin/python'"),
]);
