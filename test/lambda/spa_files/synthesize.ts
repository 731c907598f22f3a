/** Prints the template of a published single-page app, so that the handler is tested with the rights and the properties that it really gets. */
import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaFiles } from '../../../src/edge/spa/spa-files';

const directory = mkdtempSync(join(tmpdir(), 'spa-'));
writeFileSync(join(directory, 'index.html'), '<!doctype html>');
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Shop');
const distribution = cloudfront.Distribution.fromDistributionAttributes(stack, 'Distribution', { distributionId: 'E1A2B3C4D5', domainName: 'd1.cloudfront.net' });
const files = new SpaFiles(stack, 'Files', {
  source: SpaSource.directory(directory),
  config: { siteName: 'Shop' },
  immutablePaths: ['/media/*'],
  removalPolicy: RemovalPolicy.DESTROY,
  logRetention: RetentionDays.ONE_MONTH,
});
files.publishTo(distribution);
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
