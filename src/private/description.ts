import { IConstruct } from 'constructs';

/** What EC2 and RDS accept as a description of a resource. */
const MAX_LENGTH = 255;
const NOT_ALLOWED = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g;

/** A description that names a construct: construct ids may hold characters, and be longer, than AWS accepts. */
export function describe(text: string, construct: IConstruct): string {
  return `${text} ${construct.node.path}`.replace(NOT_ALLOWED, '_').slice(0, MAX_LENGTH);
}
