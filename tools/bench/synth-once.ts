import { App, Stack } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';

/**
 * One synth in a process of its own: `node synth-once.js <app> <image directory> <output directory>`.
 * Prints the CPU time of the whole process in milliseconds, the loading of aws-cdk-lib included, as a user feels it.
 */
const [, , name, imageDirectory, outdir] = process.argv;
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { define } = require(`./${name}`) as { define: (app: App, imageDirectory: string) => Stack };

// The flags that `cdk init` writes into cdk.json, as most projects have them. Warnings are not printed: that is a part of the
// validation, which is off.
const context = { ...recommendedFlags, '@aws-cdk/core:annotationsInValidationReport': false };
const app = new App({ outdir, context, analyticsReporting: false });
define(app, imageDirectory);
app.synth();

const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ milliseconds: (user + system) / 1000 })}\n`);
