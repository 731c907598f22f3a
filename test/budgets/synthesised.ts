import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';

/** The directory that the tests take as the user's project. */
export const DJANGO_APP = join(__dirname, '..', '..', 'examples', 'django-app');

/** A resource as it stands in a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What came out of a synth. */
export interface Synthesised<S extends Stack = Stack> {
  readonly stack: S;
  readonly resources: Record<string, Resource>;
  readonly templateBytes: number;
  /** Files of all assets but the directories of images, with the path in the assembly. */
  readonly assetFiles: string[];
  readonly stagedBytes: number;
}

/** Synthesises a stack; its project has the feature flags that `cdk init` writes into cdk.json, unless told otherwise. */
export function synthesise<S extends Stack>(define: (app: App) => S, flags: Record<string, unknown> = recommendedFlags): Synthesised<S> {
  const outdir = mkdtempSync(join(tmpdir(), 'synthesised-'));
  try {
    // Warnings are for users to read; and no single-page app is built for a look at a template.
    const context = { ...flags, '@aws-cdk/core:annotationsInValidationReport': false, 'aws:cdk:bundling-stacks': [] };
    const app = new App({ outdir, context, analyticsReporting: false });
    const stack = define(app);
    app.synth();

    const template = readFileSync(join(outdir, stack.templateFile), 'utf8');
    const { dockerImages } = JSON.parse(readFileSync(join(outdir, `${stack.artifactId}.assets.json`), 'utf8'));
    const images = Object.values(dockerImages as Record<string, { source: { directory: string } }>).map(({ source }) => source.directory);
    const assetFiles = readdirSync(outdir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith('asset.') && !images.includes(name.split('/')[0]) && statSync(join(outdir, name)).isFile());
    return {
      stack,
      resources: JSON.parse(template).Resources,
      templateBytes: Buffer.byteLength(template),
      assetFiles,
      stagedBytes: assetFiles.reduce((sum, name) => sum + statSync(join(outdir, name)).size, 0),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The resources of one type, with their logical ids. */
export function ofType(resources: Record<string, Resource>, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}
