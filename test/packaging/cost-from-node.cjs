// Run in a project that has the library installed, with the folder of an image: prints which modules it and the smallest app load.

const [, , image] = process.argv;
const loaded = () => Object.keys(require.cache).map((path) => path.split('node_modules/').pop());

const library = require('cdk-django-on-fargate');
const byLoading = loaded();

const { App, Stack } = require('aws-cdk-lib/core');
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'App');
new library.DjangoOnFargate(stack, 'Shop', { image: library.DjangoImage.fromDirectory(image), project: 'shop' });
app.synth();

process.stdout.write(JSON.stringify({ byLoading, byTheSmallestApp: loaded() }));
