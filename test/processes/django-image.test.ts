import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { CpuArchitecture } from '../../src/processes/cpu-architecture';
import { DirectoryImageOptions, DjangoImage } from '../../src/processes/django-image';
import { messageOf, newStack, TOKEN, warningsOf } from '../helpers';

const MISSING = 'must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What ECS gets of an image, and what the execution role may do for it. */
function define(image: DjangoImage, architecture = CpuArchitecture.X86_64) {
  const stack = newStack();
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  const bound = image.bind(stack, architecture);
  const container = task.addContainer('Container', { image: bound });
  return { stack, container, template: Template.fromStack(stack), warnings: warningsOf(stack) };
}

function imageOf({ template }: ReturnType<typeof define>): string {
  const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const { Image: image } = definition.Properties.ContainerDefinitions[0];
  return typeof image === 'string' ? image : JSON.stringify(image['Fn::Join']?.[1] ?? image['Fn::Sub']);
}

function reasonFor(image: DjangoImage): string {
  return messageOf(() => image.bind(newStack(), CpuArchitecture.X86_64)).replace("DjangoImage at 'Stack' cannot be defined:\n- ", '');
}

describe('an image of a registry', () => {
  test.each([
    'ghcr.io/acme/shop:4f2a9c1', 'shop', 'acme/shop:1.2', 'localhost:5000/shop:1', `ghcr.io/acme/shop@${DIGEST}`, `shop:1@${DIGEST}`,
    'Registry.Example.com/a/b__c/d-e:V1', 'public.ecr.aws/docker/library/python:3.13',
  ])('%s is used as it is', (reference) => {
    expect(imageOf(define(DjangoImage.fromRegistry(reference)))).toBe(reference);
  });

  test('is pulled with the credentials of a secret, which the execution role alone may read', () => {
    const { stack, container, template } = define(DjangoImage.fromRegistry('ghcr.io/acme/shop:1', { credentialsSecretName: 'ghcr' }));
    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':secret:ghcr']] };
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ RepositoryCredentials: { CredentialsParameter: arn } }] });
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(container.taskDefinition.executionRole!.roleName)],
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: { 'Fn::Join': ['', [...arn['Fn::Join'][1].slice(0, -1), ':secret:ghcr-??????']] },
        }],
      },
    });
  });

  test('may be known at deployment only', () => {
    const { warnings } = define(DjangoImage.fromRegistry(TOKEN.string()));
    expect(warnings).toEqual({});
  });

  test.each([
    ['', ''], ['https://ghcr.io/acme/shop', 'https://ghcr.io/acme/shop'], ['Acme/Shop:1', 'Acme/Shop:1'], ['shop:1:2', 'shop:1:2'],
    ['shop 1', 'shop 1'], ['shop:', 'shop:'], ['shop@sha256:12', 'shop@sha256:12'], ['/shop', '/shop'],
  ])('%j is refused', (reference) => {
    expect(reasonFor(DjangoImage.fromRegistry(reference)))
      .toBe(`the image must be 'registry/name:tag' with the name in lower case and without a scheme, got ${JSON.stringify(reference)}`);
  });

  test('is refused when it is missing', () => {
    expect(reasonFor(DjangoImage.fromRegistry(undefined as any))).toBe(`the image ${MISSING}`);
  });

  test.each<[any, string]>([
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:ghcr-AbCdEf',
      '\'credentialsSecretName\' must not be an ARN, got "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ghcr-AbCdEf": take the name of the secret, ' +
      'or `DjangoImage.of(ecs.ContainerImage.fromRegistry(..., { credentials }))` for a secret that you have as a construct'],
    ['', '\'credentialsSecretName\' must be letters, digits and the characters / _ + = . @ -, got ""'],
    [5, "'credentialsSecretName' must be given as text, got 5: give a string"],
  ])('is refused with the credentials %j', (credentialsSecretName, reason) => {
    expect(reasonFor(DjangoImage.fromRegistry('ghcr.io/acme/shop:1', { credentialsSecretName }))).toBe(reason);
  });

  test.each([undefined, null, TOKEN.string()])('may have the credentials %j', (credentialsSecretName) => {
    expect(() => define(DjangoImage.fromRegistry('ghcr.io/acme/shop:1', { credentialsSecretName: credentialsSecretName as any }))).not.toThrow();
  });

  test('is refused when it is in a private ECR repository, which needs rights', () => {
    expect(reasonFor(DjangoImage.fromRegistry('123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop:4f2a9c1'))).toBe(
      'the image "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop:4f2a9c1" is in a private ECR repository, which the tasks have no right to read: ' +
      "use DjangoImage.fromEcr('acme/shop', '4f2a9c1'), or DjangoImage.of(ecs.ContainerImage.fromEcrRepository(...)) for one of another account or region");
  });

  test.each(['shop:latest', 'shop', 'ghcr.io/acme/shop:latest', 'localhost:5000/shop'])('%s is warned about, since its tag moves', (reference) => {
    expect(define(DjangoImage.fromRegistry(reference)).warnings).toEqual({
      'moving-tag': `The image "${reference}" has the tag 'latest', which moves: a new image under it starts no release (no migrations) and a task ` +
        'that restarts may run other code than its neighbours. Give the tag of a build, e.g. the commit, or a digest.',
    });
  });

  test.each(['shop:4f2a9c1', 'shop:latest-1', `shop@${DIGEST}`, `shop:latest@${DIGEST}`])('%s is not warned about', (reference) => {
    expect(define(DjangoImage.fromRegistry(reference)).warnings).toEqual({});
  });
});

describe('an image of ECR', () => {
  test('is pulled by its tag with the rights to this repository', () => {
    const defined = define(DjangoImage.fromEcr('acme/shop', '4f2a9c1'));
    expect(imageOf(defined)).toMatch(/\.dkr\.ecr\..*\/acme\/shop:4f2a9c1"\]$/);
    defined.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
            Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':repository/acme/shop']] },
          },
          { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        ],
      },
    });
    expect(defined.warnings).toEqual({});
  });

  test('is pulled by its digest', () => {
    expect(imageOf(define(DjangoImage.fromEcr('shop', DIGEST)))).toMatch(`/shop@${DIGEST}"]`);
  });

  test('may have a tag that CI gives at deployment', () => {
    expect(imageOf(define(DjangoImage.fromEcr('shop', TOKEN.string())))).toMatch('/shop:later"]');
  });

  test('is warned about with a tag that moves', () => {
    expect(Object.keys(define(DjangoImage.fromEcr('shop', 'latest')).warnings)).toEqual(['moving-tag']);
  });

  test.each([
    ['acme/shop:1', '1', "'repositoryName' must be the name of the repository alone, in lower case, got \"acme/shop:1\": give the tag as the second argument"],
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/', '1',
      "'repositoryName' must be the name of the repository alone, in lower case, got \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/\": " +
      'give the tag as the second argument'],
    ...['', ':v1'].map((tag): [string, string, string] => [`123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop${tag}`, 'v1',
      `'repositoryName' must be the name of the repository alone, got the URI "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop${tag}": give 'acme/shop', ` +
      'or use DjangoImage.of(ecs.ContainerImage.fromEcrRepository(...)) for a repository of another account or region']),
    [undefined as any, 'v1', `'repositoryName' ${MISSING}`],
    ['shop', undefined as any, `'tagOrDigest' ${MISSING}`],
    ['', '1', "'repositoryName' must be the name of the repository alone, in lower case, got \"\": give the tag as the second argument"],
    ['shop', '', "'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got \"\""],
    ['shop', 'sha256:12', "'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got \"sha256:12\""],
    ['shop', 'v1 beta', "'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got \"v1 beta\""],
  ])('of %j with the tag %j is refused', (repository, tag, reason) => {
    expect(reasonFor(DjangoImage.fromEcr(repository, tag))).toBe(reason);
  });
});

test('an image as ECS knows it is used as it is', () => {
  const image = ecs.ContainerImage.fromRegistry('shop');
  expect(DjangoImage.of(image).bind(newStack(), CpuArchitecture.X86_64)).toBe(image);
});

test.each<[any, string]>([['shop:1', '"shop:1"'], [undefined, 'undefined'], [{}, 'another object']])('an image as ECS knows it is not %j', (image, got) => {
  expect(reasonFor(DjangoImage.of(image))).toBe(`the image must be an ecs.ContainerImage, got ${got}: ` +
    'use DjangoImage.fromRegistry(...), .fromEcr(...) or .fromDirectory(...) for text');
});

describe('an image of a directory', () => {
  let root: string;
  let project: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'django-image-'));
    project = join(root, 'backend');
    const files = [
      'Dockerfile', 'manage.py', 'shop/settings.py', 'docker/web.Dockerfile', 'notes/secret.txt', 'db.sqlite3', '.env', '.env.local', 'shop/.env',
      '.git/HEAD', '.venv/bin/python', 'tools/venv/bin/python', 'node_modules/a/index.js', 'frontend/node_modules/b/index.js',
      'shop/__pycache__/settings.pyc', 'old.pyc', '.pytest_cache/x', '.DS_Store', 'cdk.out/manifest.json',
    ];
    files.forEach((file) => {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), file);
    });
    writeFileSync(join(root, 'file.txt'), '');
  });

  afterAll(() => rmSync(root, { recursive: true }));

  /** The asset as the CLI gets it: how it is built and which files it holds. */
  function stage(image: DjangoImage, architecture = CpuArchitecture.X86_64) {
    const outdir = mkdtempSync(join(root, 'out-'));
    const stack = new Stack(new App({ outdir }), 'Stack');
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('Container', { image: image.bind(stack, architecture) });
    const assembly = (stack.node.root as App).synth();
    const { dockerImages } = JSON.parse(readFileSync(join(assembly.directory, 'Stack.assets.json'), 'utf8'));
    const [{ source }] = Object.values<any>(dockerImages);
    const context = join(assembly.directory, source.directory);
    const files = readdirSync(context, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile()).map((entry) => relative(context, join(entry.parentPath, entry.name))).sort();
    return { source, files };
  }

  test('is made of what belongs to the project: neither version control nor environments, caches and local data', () => {
    expect(stage(DjangoImage.fromDirectory(project)).files).toEqual(['Dockerfile', 'docker/web.Dockerfile', 'manage.py', 'notes/secret.txt', 'shop/settings.py']);
  });

  test('leaves out more where asked for', () => {
    expect(stage(DjangoImage.fromDirectory(project, { exclude: ['notes', 'docker'] })).files).toEqual(['Dockerfile', 'manage.py', 'shop/settings.py']);
  });

  test.each([[CpuArchitecture.X86_64, 'linux/amd64'], [CpuArchitecture.ARM64, 'linux/arm64']])('is built for %s, on which the tasks run', (architecture, platform) => {
    expect(stage(DjangoImage.fromDirectory(project), architecture).source).toMatchObject({ platform });
  });

  test('is built from the Dockerfile, up to the stage and with the arguments that are given', () => {
    const options: DirectoryImageOptions = { file: 'docker/web.Dockerfile', target: 'web', buildArgs: { VERSION: '1' } };
    expect(stage(DjangoImage.fromDirectory(project, options)).source).toMatchObject({
      dockerFile: 'docker/web.Dockerfile', dockerBuildTarget: 'web', dockerBuildArgs: { VERSION: '1' },
    });
  });

  test.each<[string, () => DjangoImage, () => string]>([
    ['is not there', () => DjangoImage.fromDirectory('no-such-directory'),
      () => `the directory "no-such-directory" does not exist: looked for ${JSON.stringify(join(process.cwd(), 'no-such-directory'))}, relative to the working directory`],
    ['is missing', () => DjangoImage.fromDirectory(undefined as any), () => `the directory ${MISSING}`],
    ['has no text as Dockerfile', () => DjangoImage.fromDirectory(project, { file: 5 as any }), () => "'file' must be given as text, got 5: give a string"],
    ['is a file', () => DjangoImage.fromDirectory(join(root, 'file.txt')),
      () => `${JSON.stringify(join(root, 'file.txt'))} must be a directory, it is a file: give the directory that holds the Dockerfile`],
    ['has no Dockerfile', () => DjangoImage.fromDirectory(root), () => `the directory ${JSON.stringify(root)} has no "Dockerfile": add it, or name another with 'file'`],
    ['has another Dockerfile', () => DjangoImage.fromDirectory(project, { file: 'web.Dockerfile' }),
      () => `the directory ${JSON.stringify(project)} has no "web.Dockerfile": add it, or name another with 'file'`],
    ['has its Dockerfile outside', () => DjangoImage.fromDirectory(join(project, 'shop'), { file: '../Dockerfile' }),
      () => "'file' must lie in the directory, got \"../Dockerfile\": Docker gets nothing else, so take a directory that holds both"],
    ['is built with what is known at deployment only', () => DjangoImage.fromDirectory(project, { buildArgs: { A: '1', B: TOKEN.string() } }),
      () => "'buildArgs' must be known at synthesis, because the image is built before the deployment, got tokens for B: " +
        'give plain values, or hand them over as environment variables'],
  ])('is refused when it %s', (_, image, reason) => {
    expect(reasonFor(image())).toBe(reason());
  });
});
