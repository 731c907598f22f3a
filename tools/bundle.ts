import { readFileSync } from 'fs';
import { createRequire } from 'module';
import { dirname } from 'path';
import { transformSync, types, type PluginObj } from '@babel/core';
import { build, type Plugin } from 'esbuild';

/** What consumers bring; it is not in the file. */
const PEERS = /^(aws-cdk-lib|constructs)(\/|$)/;

/**
 * Puts a compiled library into one file, in which each module is loaded when something of it is used for the first time:
 * an app pays for the rooms that it enters, as CDK does it with its own.
 */
export async function bundle(index: string): Promise<void> {
  const exported = exportsOf(index);
  await build({
    entryPoints: [index],
    outfile: index,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    logLevel: 'warning',
    plugins: [peersOnce, loadWhenUsed(index, lazyExports(exported))],
    // Never run: ES modules look for names that they can import here, and find no others.
    footer: { js: `0 && (module.exports = { ${Object.keys(exported).join(', ')} });` },
  });
}

/** Node looks a package up each time that a module asks for it; one module asks for all. */
const peersOnce: Plugin = {
  name: 'peers-once',
  setup: (it) => {
    it.onResolve({ filter: PEERS }, ({ path, namespace }) => (namespace === 'peer' ? { path, external: true } : { path, namespace: 'peer' }));
    it.onLoad({ filter: /.*/, namespace: 'peer' }, ({ path }) => ({ contents: `module.exports = require(${JSON.stringify(path)});`, resolveDir: __dirname }));
  },
};

function loadWhenUsed(index: string, contentsOfIndex: string): Plugin {
  return {
    name: 'load-when-used',
    setup: (it) => {
      it.onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => ({ contents: path === index ? contentsOfIndex : lazyRequires(path) }));
    },
  };
}

/** The names that an index exports, each with the module that it is from. */
function exportsOf(index: string): Record<string, string> {
  const require = createRequire(index);
  const modules = [...readFileSync(index, 'utf8').matchAll(/require\("(\.[^"]+)"\)/g)].map(([, module]) => module);
  return Object.fromEntries(Object.entries(require(index) as object).map(([name, value]) => {
    const module = modules.find((each) => (require(each) as Record<string, unknown>)[name] === value);
    if (module === undefined) {
      throw new Error(`${index} exports '${name}', and no module that it requires does`);
    }
    return [name, module];
  }));
}

/** An index with a getter for each name instead of all modules. */
function lazyExports(exported: Record<string, string>): string {
  return [
    "Object.defineProperty(exports, '__esModule', { value: true });",
    'const lazily = (name, load) => Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });',
    ...Object.entries(exported).map(([name, module]) => `lazily('${name}', () => require('${module}'));`),
  ].join('\n');
}

/** A module that requires another one where it uses it. */
function lazyRequires(file: string): string {
  return transformSync(readFileSync(file, 'utf8'), { cwd: dirname(file), babelrc: false, configFile: false, compact: false, plugins: [requireWhereUsed] })!.code!;
}

function requireWhereUsed(): PluginObj {
  return {
    visitor: {
      Program: (program) => {
        for (const statement of program.get('body').filter((each) => each.isVariableDeclaration())) {
          for (const declaration of statement.get('declarations')) {
            const required = requireOf(declaration.node.init);
            if (required !== undefined && types.isIdentifier(declaration.node.id)) {
              program.scope.getBinding(declaration.node.id.name)!.referencePaths.forEach((reference) => reference.replaceWith(types.cloneNode(required)));
              declaration.remove();
            }
          }
        }
        for (const helper of TYPESCRIPT_HELPERS) {
          program.scope.crawl();
          const binding = program.scope.getBinding(helper);
          if (binding?.referenced === false) {
            binding.path.remove();
          }
        }
      },
    },
  };
}

/** What TypeScript writes into a module for `import * as`, each for the one before it. */
const TYPESCRIPT_HELPERS = ['__importStar', '__setModuleDefault', '__createBinding'];

/** The call of `require` that gives a variable its value: `import * as` of an ES module is the module itself, and the peers say that they are ones. */
function requireOf(node: types.Node | null | undefined): types.CallExpression | undefined {
  if (!types.isCallExpression(node) || !types.isIdentifier(node.callee)) {
    return undefined;
  }
  const [argument] = node.arguments;
  if (node.callee.name === 'require') {
    return node;
  }
  return node.callee.name === '__importStar' && types.isCallExpression(argument) && isPeer(argument.arguments[0]) ? requireOf(argument) : undefined;
}

function isPeer(node: types.Node): boolean {
  return types.isStringLiteral(node) && PEERS.test(node.value);
}
