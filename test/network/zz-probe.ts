import { App, Stack } from 'aws-cdk-lib/core';
import { Template, Annotations, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from '/work/main/node_modules/cdk-nag';
import { Network } from '/work/main/src/network/network';
import { Egress } from '/work/main/src/network/egress';
import { FileStorage } from '/work/main/src/backing-services/file-storage';
import { SecretKey } from '/work/main/src/backing-services/secret-key';
const variants: Record<string, (s: Stack) => void> = {
  nat: (s) => { new Network(s, 'Network'); },
  inst: (s) => { new Network(s, 'Network', { egress: Egress.natInstance() }); },
  pub: (s) => { new Network(s, 'Network', { egress: Egress.publicIp() }); },
  files: (s) => { const f = new FileStorage(s, 'Files'); const r = new iam.Role(s, 'R', { assumedBy: new iam.ServicePrincipal('x.amazonaws.com') }); f.grantPublishStatic(r); f.grantReadWriteMedia(r); },
  filesLog: (s) => { const b = new s3.Bucket(s, 'B', {enforceSSL: true}); new FileStorage(s, 'Files', { accessLogBucket: b, corsAllowedOrigins: ['https://a.b'] }); new Network(s, 'N', { flowLogBucket: b }); },
  key: (s) => { new SecretKey(s, 'Key'); },
};
for (const [n, f] of Object.entries(variants)) {
  const app = new App(); const s = new Stack(app, 'S'); f(s);
  const t = Template.fromStack(s).toJSON();
  const count: Record<string, number> = {}; Object.values(t.Resources as any).forEach((r: any) => count[r.Type] = (count[r.Type] ?? 0) + 1);
  console.log(n, Object.keys(t.Resources).length, JSON.stringify(count), JSON.stringify(t).length);
  const nag = new AwsSolutionsChecks(app).validateScope(app);
  console.log(nag.violations.map((v: any) => `${v.ruleName} ${v.violatingResources.map((r: any) => r.constructPath)}`));
  Annotations.fromStack(s).findWarning('*', Match.anyValue()).forEach((a) => console.log('WARN', a.id, a.entry.data));
  if (process.argv[2] === n) console.log(JSON.stringify(t.Resources, null, 1));
}
