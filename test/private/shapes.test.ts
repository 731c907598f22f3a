import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib/core';
import { CpuArchitecture, DjangoImage } from '../../src';
import {
  an, anything, aRemovalPolicy, BACKING_SERVICE, boolean, duration, environmentSecret, IMAGE, listOf, memberOf, required, requiredKind, Shape, shaped, strings,
  subnets,
} from '../../src/private/shapes';

const image = DjangoImage.fromRegistry('shop:1');
const architecture = memberOf('CpuArchitecture', CpuArchitecture);
const attaching = { attachTo: () => undefined };
const POLICIES = 'one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE';
const HOW = 'implement its method attachTo(process), in Python as attach_to in a class with @jsii.implements(IBackingService)';

test.each<[string, Shape, unknown, string]>([
  ['what is missing', requiredKind(IMAGE), undefined, "given: use DjangoImage.fromDirectory('backend')"],
  ['a null', required(anything, 'give it'), null, 'given: give it'],
  ['a text for an object', an(IMAGE), 'backend', "a DjangoImage, got \"backend\": use DjangoImage.fromDirectory('backend')"],
  ['a text for a list', listOf(BACKING_SERVICE), 'queue', `a list with an IBackingService as each element, got "queue": ${HOW}`],
  ['a single one for a list', listOf(BACKING_SERVICE), attaching, `a list with an IBackingService as each element, got {}: ${HOW}`],
  ['a stranger in a list', listOf(BACKING_SERVICE), [attaching, 5], `a list with an IBackingService as each element, got 5 as element 2: ${HOW}`],
  ['a text for a list of texts', strings, 'x', 'a list of strings, got "x": write ["x"]'],
  ['numbers in a list of texts', strings, [1], 'a list of strings, got [1]'],
  ['a number for a duration', duration('days'), 30, 'a Duration, got 30: use Duration.days(30)'],
  ['a text for a duration', duration('seconds'), '30s', 'a Duration, got "30s"'],
  ['the name of subnets', subnets, 'private', 'an ec2.SubnetSelection, got "private": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }'],
  ['a number for a yes', boolean, 1, 'true or false, got 1'],
  ['a yes of the command line', boolean, 'false', 'true or false, got "false": write false without quotes'],
  ['the name of a removal policy', aRemovalPolicy, 'SNAPSHOT', `${POLICIES}, got "SNAPSHOT": use RemovalPolicy.SNAPSHOT`],
  ['no removal policy', aRemovalPolicy, '', `${POLICIES}, got ""`],
  ['another spelling', architecture, 'x86_64', 'one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got "x86_64": use CpuArchitecture.X86_64'],
  ['a beginning', architecture, 'arm', 'one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got "arm": use CpuArchitecture.ARM64'],
  ['no member at all', architecture, 'mips', 'one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got "mips"'],
  ['an empty text', architecture, '', 'one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got ""'],
])('%s is out of shape', (_, shape, value, problem) => {
  expect(shape(value)).toBe(problem);
});

test('a literal secret is out of shape and not shown', () => {
  expect(environmentSecret('hunter2')).toBe('an EnvironmentSecret, never the key itself, which would stand in the template: ' +
    "store it in Secrets Manager and give EnvironmentSecret.fromSecretName('shop/django'), or leave it out to have one generated");
});

test.each<[Shape, unknown]>([
  [requiredKind(IMAGE), image], [an(IMAGE), undefined], [an(IMAGE), null], [listOf(BACKING_SERVICE), []], [listOf(BACKING_SERVICE), undefined],
  [listOf(BACKING_SERVICE), [attaching]], [strings, undefined], [strings, []], [strings, ['x']], [duration('days'), Duration.days(1)], [duration('days'), undefined],
  [architecture, 'ARM64'], [architecture, undefined], [environmentSecret, undefined], [boolean, false], [boolean, undefined],
  [subnets, undefined], [subnets, null], [subnets, { subnetGroupName: 'Data' }],
  [boolean, Lazy.any({ produce: () => true })], [aRemovalPolicy, RemovalPolicy.RETAIN],
])('what is in shape, or left out, passes: %#', (shape, value) => {
  expect(shape(value)).toBeUndefined();
});

describe('rules behind shapes', () => {
  interface Props { readonly list?: any; readonly count?: number }
  const [rule] = shaped<Props>({ list: strings }, [
    ({ list }) => list.length > 1 ? `'list' is too long: ${list}` : undefined,
    ({ count }) => count === 0 ? "'count' must not be 0" : undefined,
  ]);

  test('judge what is in shape', () => {
    expect(rule({ list: ['a', 'b'], count: 0 })).toBe("'list' is too long: a,b\n- 'count' must not be 0");
  });

  test('see nothing of what is not, and judge the rest', () => {
    expect(rule({ list: 'ab', count: 0 })).toBe("'list' must be a list of strings, got \"ab\": write [\"ab\"]\n- 'count' must not be 0");
  });

  test('may not stumble otherwise', () => {
    expect(() => rule({})).toThrow(TypeError);
  });
});
