import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';

const SOURCES = join(__dirname, '..', '..', 'src');

/** The structs of the library: their members with the name of their types, and what they extend. */
const STRUCTS = new Map<string, { readonly members: [string, string][]; readonly bases: string[] }>();

for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
  const source = ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest);
  source.statements.filter(ts.isInterfaceDeclaration).forEach((struct) => STRUCTS.set(struct.name.text, {
    members: struct.members.filter(ts.isPropertySignature).map((member) => [(member.name as ts.Identifier).text, member.type!.getText(source)]),
    bases: (struct.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText(source))),
  }));
}

/** The options of a struct and of the structs in it: `web`, `web.requestTimeout`, `loadBalancer.webAcl.rateLimit`. */
export function optionPaths(struct: string, depth = 4): string[] {
  const { members, bases } = STRUCTS.get(struct)!;
  return [
    ...bases.filter((base) => STRUCTS.has(base)).flatMap((base) => optionPaths(base, depth)),
    ...members.flatMap(([name, type]) => [name, ...isStruct(type) && depth > 1 ? optionPaths(type, depth - 1).map((path) => `${name}.${path}`) : []]),
  ];
}

/** Not the interfaces of behaviour, as `IBackingService`. */
function isStruct(type: string): boolean {
  return STRUCTS.has(type) && !/^I[A-Z]/.test(type);
}
