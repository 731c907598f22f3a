/** Prints the template of rotated SMTP credentials, so that the handler is tested with the rights and the properties that it really gets. */
import { App, Stack } from 'aws-cdk-lib/core';
import { SesSmtp } from '../../../src/backing-services/email/ses-smtp';

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Shop');
new SesSmtp(stack, 'Mail', { fromAddress: 'shop@example.com', rotation: {} });
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
