/** System C of the five that the library must be able to replace: each test is a numbered line of it. */
import { join } from 'path';
import { Match } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { InnovateToGrowStack, InnovateToGrowStackProps } from './c-innovate-to-grow';
import { passesTheGates, readDocs, System } from './system';
import { DjangoImage, SpaSource } from 'cdk-django-on-fargate';

const BACKEND = join(__dirname, '..', '..', 'examples', 'django-app');
const SITE = 'https://innovate.example.com';

const define = (props: Partial<InnovateToGrowStackProps> = {}) => (app: App) => new InnovateToGrowStack(app, 'InnovateToGrow', {
  env: { account: '123456789012', region: 'us-east-1' },
  image: DjangoImage.fromDirectory(BACKEND),
  frontend: SpaSource.directory(join(__dirname, 'front-end')),
  site: { domainName: 'innovate.example.com', hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' },
  ...props,
});

const system = new System(define());
const { innovate } = system.made;
const { application, releaseProcess, database, storage, loadBalancer, spa, web } = innovate;
const template = system.templateOf(innovate);
const { environment, secrets, command, entryPoint } = system.containerOf(application);
const resolve = (value: unknown) => system.made.resolve(value);

interface Behavior { readonly PathPattern: string; readonly TargetOriginId: string }
const { DistributionConfig: site } = system.propertiesOf(spa!.distribution) as { DistributionConfig: Record<string, unknown> & { CacheBehaviors: Behavior[] } };
const originOf = (path: string) => {
  const { TargetOriginId } = site.CacheBehaviors.find(({ PathPattern }) => PathPattern === path)!;
  return (site.Origins as { Id: string }[]).find(({ Id }) => Id === TargetOriginId);
};

describe('system C, Innovate to Grow: Django and a single-page app on one name', () => {
  // Its image stands in for the system's own, and has another project.
  passesTheGates(system, 'cdk-django-on-fargate:settings-module');

  test('1: gunicorn serves core.wsgi:application on 0.0.0.0:8000 with 3 workers; requests have 115 s, because Fargate ends a task 120 s after SIGTERM', () => {
    expect(command).toEqual(['gunicorn', 'core.wsgi:application']);
    expect(environment).toMatchObject({ WEB_CONCURRENCY: '3', GUNICORN_CMD_ARGS: expect.stringContaining('--bind=0.0.0.0:8000') });
    expect(environment.GUNICORN_CMD_ARGS).toMatch(/--timeout=115 --graceful-timeout=115/);
  });

  test('1: the image is a slim Python with a user that is not root', () => {
    const dockerfile = readDocs('examples', 'django-app', 'Dockerfile');
    expect(dockerfile).toMatch(/^FROM python:[\d.]+-slim$/m);
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  });

  test('2, better: wait for the database, migrate, superuser, collectstatic run in this order once per deployment; the image\'s entry point runs in no task', () => {
    const order = ['--wait-for-database', 'migrate --noinput', '--superuser', 'collectstatic --noinput'].map((step) => innovate.release.command.join(' ').indexOf(step));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThanOrEqual(0);
    const release = system.containerOf(releaseProcess);
    expect(release.entryPoint.join('\n')).toMatch(/TRIES, PAUSE = 30, 2/);
    expect(Object.keys(release.secrets)).toEqual(expect.arrayContaining(['DJANGO_SUPERUSER_USERNAME', 'DJANGO_SUPERUSER_PASSWORD', 'DJANGO_SUPERUSER_EMAIL']));
    // Another entry point stands in the place of the image's, in each task of the project.
    [application, releaseProcess].forEach((process) => expect(system.containerOf(process).entryPoint.slice(0, 2)).toEqual(['python', '-c']));
    expect(entryPoint.join('\n')).not.toContain('migrate');
    expect(system.resourceOf(web.service).DependsOn).toContain(system.idOf(innovate.release.customResource));
  });

  test('3: PostgreSQL 16 with TLS, the database innovate_to_grow, the user itg_user', () => {
    expect(system.propertiesOf(database!.instance!)).toMatchObject({ Engine: 'postgres', EngineVersion: '16', DBName: 'innovate_to_grow', MasterUsername: 'itg_user' });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: Match.objectLike({ 'rds.force_ssl': '1' }) });
    expect(environment).toMatchObject({ DB_SSLMODE: 'require' });
  });

  test('4: REDIS_URL is empty without a cache, and a secret with one', () => {
    expect(environment).toMatchObject({ REDIS_URL: '' });
    const cached = new System(define({ cache: true }));
    const container = cached.containerOf(cached.made.innovate.application);
    expect(container.environment).not.toHaveProperty('REDIS_URL');
    expect(container.secrets).toHaveProperty('REDIS_URL');
  });

  test('5: one bucket holds static/ and media/; CloudFront serves the back end and static files, and uploads of nobody', () => {
    expect(storage!.staticBucket).toBe(storage!.mediaBucket);
    expect(environment).toMatchObject({ AWS_STORAGE_BUCKET_NAME: resolve(storage!.mediaBucket.bucketName), STATIC_URL: '/static/' });
    expect(originOf('/static/*')).toMatchObject({ DomainName: resolve(storage!.staticBucket!.bucketRegionalDomainName) });
    expect(originOf('/api/*')).toMatchObject({ DomainName: resolve(loadBalancer.loadBalancer.loadBalancerDnsName), VpcOriginConfig: expect.anything() });
    expect(site.CacheBehaviors.map(({ PathPattern }) => PathPattern)).not.toContain('/media/*');
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: resolve(storage!.mediaBucket.bucketName),
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Principal: { Service: 'cloudfront.amazonaws.com' }, Resource: { 'Fn::Join': ['', [resolve(storage!.mediaBucket.bucketArn), '/static/*']] },
        })]),
      },
    });
  });

  test('6: the front end and /api are one origin; the load balancer has no public address', () => {
    expect(site.Aliases).toEqual(['innovate.example.com']);
    ['/api/*', '/admin', '/admin/*', '/health/'].forEach((path) => expect(originOf(path)).toEqual(originOf('/api/*')));
    expect(system.propertiesOf(loadBalancer.loadBalancer)).toMatchObject({ Scheme: 'internal' });
    // The API answers 404 as it does: no page stands in for it.
    expect(JSON.stringify(site.CustomErrorResponses ?? [])).not.toContain('ResponsePagePath');
    const target = Match.objectLike({ DNSName: resolve(spa!.distribution.distributionDomainName) });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'innovate.example.com.', AliasTarget: target });
  });

  test.each([
    ['DJANGO_ALLOWED_HOSTS', 'innovate.example.com'],
    ['DB_NAME', 'innovate_to_grow'],
    ['AWS_S3_REGION_NAME', 'us-east-1'],
    ['EMAIL_HOST', 'smtp.gmail.com'],
    ['EMAIL_PORT', '587'],
    ['DEFAULT_FROM_EMAIL', 'hello@innovate.example.com'],
    ['FRONTEND_URL', SITE],
    ['CSRF_TRUSTED_ORIGINS', SITE],
    ['CORS_ALLOWED_ORIGINS', SITE],
  ])('7: %s is %s', (name, value) => expect(environment[name]).toEqual(value));

  test.each(['DJANGO_SECRET_KEY', 'DB_USER', 'DB_PASSWORD', 'EMAIL_HOST_USER', 'EMAIL_HOST_PASSWORD', 'GOOGLE_SHEETS_CREDENTIALS_JSON'])('7: %s is a secret', (name) => {
    expect(secrets).toHaveProperty(name);
    expect(environment).not.toHaveProperty(name);
  });

  test('7: DB_HOST, DB_PORT and AWS_STORAGE_BUCKET_NAME come from what is made', () => {
    expect(environment).toMatchObject({
      DB_HOST: resolve(database!.host), DB_PORT: resolve(database!.port), AWS_STORAGE_BUCKET_NAME: resolve(storage!.mediaBucket.bucketName),
    });
  });

  test('8: Django knows that the site is HTTPS, and its settings for that keep working behind CloudFront and the load balancer', () => {
    expect(environment).toMatchObject({ DJANGO_HTTPS: 'True', FORWARDED_ALLOW_IPS: '*' });
    // HTTPS all the way to the load balancer, which writes X-Forwarded-Proto.
    expect(system.propertiesOf(loadBalancer.listener)).toMatchObject({ Protocol: 'HTTPS' });
    template.hasResourceProperties('AWS::CloudFront::VpcOrigin', { VpcOriginEndpointConfig: Match.objectLike({ OriginProtocolPolicy: 'https-only' }) });
    expect(environment).not.toHaveProperty('DJANGO_SECURE_PROXY_SSL_HEADER');
    const settings = readDocs('examples', 'django-app', 'shop', 'settings.py');
    ['SECURE_PROXY_SSL_HEADER = ', 'SECURE_HSTS_SECONDS = ', 'CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE'].forEach((line) => expect(settings).toContain(line));
    expect(readDocs('docs', 'environment.md')).toContain('Leave `SECURE_SSL_REDIRECT` at `False`');
  });

  test('8: the front end may show and upload what presigned URLs lead to', () => {
    const policy = JSON.stringify(system.all('AWS::CloudFront::ResponseHeadersPolicy'));
    ['img-src', 'connect-src'].forEach((directive) => expect(policy).toMatch(new RegExp(`${directive} [^;]*${system.idOf(storage!.mediaBucket)}`)));
  });

  test('9: a deployment fails on missing and on pending migrations, waits for stability, and CloudFront hands /health/ with its CORS headers through', () => {
    expect(innovate.release.command.join(' ')).toContain('makemigrations --check --dry-run && python manage.py migrate');
    template.hasResourceProperties('Custom::DjangoRolloutCheck', { Command: ['python', 'manage.py', 'migrate', '--check'] });
    expect(system.propertiesOf(web.targetGroup)).toMatchObject({ HealthCheckPath: '/health/', Matcher: { HttpCode: '200' } });
    const health = site.CacheBehaviors.find(({ PathPattern }) => PathPattern === '/health/') as unknown as Record<string, unknown>;
    // AllViewerAndCloudFrontHeaders: Django sees the Origin that it answers with CORS headers. CachingDisabled.
    expect(health).toMatchObject({ OriginRequestPolicyId: '33f36d7e-f396-46d9-90e0-52428a34d9dc', CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' });
    expect(readDocs('docs', 'pipelines.md')).toContain('wait-for-service-stability: true');
  });
});
