import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CpuArchitecture } from '../../../src/processes/definition/cpu-architecture';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { DirectoryImageOptions, EcrImageOptions } from '../../../src/processes/images/django-image-options';
import { ImageTag } from '../../../src/processes/images/image-tag';
import { fromPython, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

const MISSING = 'must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set';
const ELSEWHERE = "{ account: '123456789012', region: 'eu-central-1' }), without the options where both are the stack's own";
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
      `use DjangoImage.fromEcr('acme/shop', '4f2a9c1', ${ELSEWHERE}`);
  });

  test.each([
    '123456789012.dkr.ecr-fips.eu-central-1.amazonaws.com/shop', '123456789012.dkr-ecr.eu-central-1.on.aws/shop', '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop',
  ])('%s is refused as one of ECR too, also with a tag that is known later', (repository) => {
    expect(reasonFor(DjangoImage.fromRegistry(`${repository}:${ImageTag.fromSsmParameter('/tag')}`))).toContain("use DjangoImage.fromEcr('shop', '<tag>', { account: '123456789012'");
  });

  test.each(['shop:latest', 'shop', 'ghcr.io/acme/shop:latest', 'localhost:5000/shop'])('%s is warned about, since its tag moves', (reference) => {
    expect(define(DjangoImage.fromRegistry(reference)).warnings).toEqual({
      'moving-tag': `The image "${reference}" has the tag 'latest', which moves: a new image under it starts no release (no migrations), and ` +
        'commands and scheduled tasks may run other code than the web service. Give the tag of a build, e.g. the commit, or a digest.',
    });
  });

  test('is warned about once for each stack, though several processes have it', () => {
    const stack = newStack();
    const scopes = ['One', 'Two'].map((id) => new Construct(stack, id));
    scopes.forEach((scope) => DjangoImage.fromRegistry('shop:latest').bind(scope, CpuArchitecture.X86_64));
    expect(scopes.map((scope) => Object.keys(warningsOf(scope)))).toEqual([['moving-tag'], []]);
  });

  test.each<[string, DjangoImage, string]>([
    ['of a registry', DjangoImage.fromRegistry('shop:1', 'ghcr' as any), 'the options of the image must be an object, got "ghcr": name each value'],
    ['of ECR', DjangoImage.fromEcr('shop', '1', 'eu-central-1' as any), 'the options of the image must be an object, got "eu-central-1": name each value'],
    ['of a directory', DjangoImage.fromDirectory('examples/django-app', 'Dockerfile' as any), 'the options of the image must be an object, got "Dockerfile": name each value'],
    ['with build arguments in a list', DjangoImage.fromDirectory('examples/django-app', { buildArgs: ['A=1'] as any }),
      '\'buildArgs\' must have a string for each name, got ["A=1"]: write { PYTHON_VERSION: \'3.13\' }'],
    ['with text for a list', DjangoImage.fromDirectory('examples/django-app', { exclude: '*.md' as any }), '\'exclude\' must be a list of strings, got "*.md": write ["*.md"]'],
  ])('%s is refused with options of another shape', (_, image, reason) => {
    expect(reasonFor(image)).toBe(reason);
  });

  test('takes null for options that are left out', () => {
    expect(imageOf(define(DjangoImage.fromRegistry('shop:1', { credentialsSecretName: null as any })))).toBe('shop:1');
    expect(imageOf(define(DjangoImage.fromEcr('shop', '1', null as any)))).toContain('/shop:1');
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
      `'repositoryName' must be the name of the repository alone, got the URI "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/shop${tag}": ` +
      `use DjangoImage.fromEcr('acme/shop', '<tag>', ${ELSEWHERE}`]),
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

describe('an image of ECR elsewhere', () => {
  test.each<[EcrImageOptions, string, string]>([
    [{ account: '123456789012', region: 'eu-west-1' }, '123456789012', 'eu-west-1'],
    [fromPython({ account: '123456789012' }, 'region'), '123456789012', '{"Ref":"AWS::Region"}'],
    [fromPython({ region: 'eu-west-1' }, 'account'), '{"Ref":"AWS::AccountId"}', 'eu-west-1'],
    [{ account: TOKEN.string(), region: TOKEN.string() }, 'later', 'later'],
  ])('is pulled from there, with the rights to this repository: %j', (options, account, region) => {
    const defined = define(DjangoImage.fromEcr('acme/shop', '4f2a9c1', options));
    const text = (value: unknown) => JSON.stringify(value).replace(/\\/g, '').replace(/"?,"|",?"/g, '"');
    const [policy] = Object.values<any>(defined.template.findResources('AWS::IAM::Policy'));
    const resource = JSON.stringify(policy.Properties.PolicyDocument.Statement[0].Resource['Fn::Join'][1]);
    expect(resource).toContain(':repository/acme/shop');
    [account, region].forEach((part) => {
      expect(resource).toContain(part);
      expect(text(imageOf(defined))).toContain(part);
    });
    expect(imageOf(defined)).toContain('/acme/shop:4f2a9c1');
    expect(defined.warnings).toEqual({});
  });

  test.each<[any, string]>([
    [{ account: '123' }, '\'account\' must be the 12 digits of an account, as text, got "123"'],
    [{ account: 123456789012 }, "'account' must be the 12 digits of an account, as text, got 123456789012"],
    [{ region: 'Frankfurt' }, "'region' must be a region like 'eu-central-1', got \"Frankfurt\""],
  ])('is refused with %j', (options, reason) => {
    expect(reasonFor(DjangoImage.fromEcr('shop', '4f2a9c1', options))).toBe(reason);
  });
});

describe('an image of a repository that is a construct', () => {
  test('is pulled with the rights to this repository, also from another stack', () => {
    const app = new App();
    const repository = new ecr.Repository(new Stack(app, 'Base'), 'Repository');
    const stack = new Stack(app, 'App');
    const image = DjangoImage.fromRepository(repository, '4f2a9c1').bind(stack, CpuArchitecture.X86_64);
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('Container', { image });
    expect(warningsOf(stack)).toEqual({});
    const [policy] = Object.values<any>(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policy.Properties.PolicyDocument.Statement[0]).toMatchObject({ Action: expect.arrayContaining(['ecr:BatchGetImage']), Resource: { 'Fn::ImportValue': expect.any(String) } });
  });

  test('is warned about where the same stack makes the repository, which is empty then', () => {
    const stack = newStack();
    DjangoImage.fromRepository(new ecr.Repository(stack, 'Repository'), '4f2a9c1').bind(stack, CpuArchitecture.X86_64);
    expect(warningsOf(stack)).toEqual({
      'empty-repository': 'The repository of the image is made by the same stack, so it is empty at the first deployment, which fails because nothing can be pulled. Make it in a ' +
        'stack of its own: deploy that, push the image, then deploy this one.',
    });
  });

  test('is warned about with a tag that moves', () => {
    const stack = newStack();
    DjangoImage.fromRepository(ecr.Repository.fromRepositoryName(stack, 'Given', 'shop'), 'latest').bind(stack, CpuArchitecture.X86_64);
    expect(warningsOf(stack)['moving-tag']).toMatch(/^The image "shop:latest" has the tag 'latest', which moves/);
  });

  test.each<[any, string, string]>([
    ['shop', '1', "the repository must be an ecr.IRepository, got \"shop\": use DjangoImage.fromEcr('shop', '4f2a9c1') for its name"],
    [undefined, '1', "the repository must be an ecr.IRepository, got undefined: use DjangoImage.fromEcr('shop', '4f2a9c1') for its name"],
    [ecr.Repository.fromRepositoryName(newStack(), 'Given', 'shop'), 'v1 beta',
      "'tagOrDigest' must be a tag like '4f2a9c1' or a digest like 'sha256:…' with 64 hexadecimal digits, got \"v1 beta\""],
  ])('is refused: case %#', (repository, tag, reason) => {
    expect(reasonFor(DjangoImage.fromRepository(repository, tag))).toBe(reason);
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

  test.each<[string, CpuArchitecture, Platform | undefined, string | undefined]>([
    ['for the processor of the tasks', CpuArchitecture.ARM64, Platform.LINUX_ARM64, undefined],
    ['for another processor', CpuArchitecture.X86_64, Platform.LINUX_ARM64,
      "The image is built for linux/arm64 and the tasks run on linux/amd64: on another one they stop with 'exec format error'. Use DjangoImage.fromDirectory(...), " +
      'which builds for the tasks, or give the asset `platform: Platform.LINUX_AMD64`.'],
    ['for whatever machine deploys', CpuArchitecture.ARM64, undefined,
      'The image is built for the processor of the machine that deploys and the tasks run on linux/arm64: on another one they stop with \'exec format error\'. ' +
      'Use DjangoImage.fromDirectory(...), which builds for the tasks, or give the asset `platform: Platform.LINUX_ARM64`.'],
  ])('as ECS knows it is warned about where it is built %s', (_, architecture, platform, warning) => {
    const stack = newStack();
    DjangoImage.of(ecs.ContainerImage.fromAsset(project, { platform })).bind(stack, architecture);
    expect(warningsOf(stack)).toEqual(warning === undefined ? {} : { 'image-platform': warning });
  });

  test('as an asset that was made before is used without a word, since CDK does not tell its platform', () => {
    const stack = newStack();
    const asset = new DockerImageAsset(stack, 'Asset', { directory: project });
    DjangoImage.of(ecs.ContainerImage.fromDockerImageAsset(asset)).bind(stack, CpuArchitecture.ARM64);
    expect(warningsOf(stack)).toEqual({});
  });

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
