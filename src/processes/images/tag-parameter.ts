import * as ssm from 'aws-cdk-lib/aws-ssm';
import { IResolvable, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { parameterNameProblem } from '../../config/environment-secret-rules';
import { isKnown } from '../../private/validation';

/** By a symbol that every copy of the library has in common. */
const PARAMETER_NAME = Symbol.for('cdk-django-on-fargate.image-tag');

/** A place for the tag in a text. The image that has it knows in which stack it is, and puts the parameter there. */
export class TagParameter implements IResolvable {
  public readonly creationStack: string[] = [];

  public constructor(parameterName: string) {
    Object.defineProperty(this, PARAMETER_NAME, { value: parameterName });
  }

  public resolve(): never {
    throw new Error('ImageTag.fromSsmParameter(...) must be used as the tag of a DjangoImage: for an environment variable use EnvironmentSecret.fromSsmParameter(...)');
  }

  public toString(): string {
    return Token.asString(this);
  }
}

/** Why the parameters in a text are not such, if they are not. */
export function tagParameterProblem(text: string): string | undefined {
  return typeof text === 'string' ? tagParameters(text).map(parameterProblem).find((problem) => problem !== undefined) : undefined;
}

/**
 * The text with the parameters in it as parameters of the stack. A parameter of the template and no dynamic reference, which CloudFormation does not
 * look up again where the template is the same. Of the outermost stack, because CloudFormation updates a nested one only where what it gets changed.
 */
export function withTagParameters(scope: Construct, text: string): string {
  const stack = outermost(Stack.of(scope));
  const mapped = Tokenization.reverseString(text).mapTokens({
    mapToken: (token) => isTagParameter(token) ? ssm.StringParameter.valueForStringParameter(stack, nameOf(token)) : token,
  });
  return mapped.join({ join: (left, right) => `${left ?? ''}${right ?? ''}` });
}

function tagParameters(text: string): IResolvable[] {
  return Tokenization.reverseString(text).tokens.filter(isTagParameter);
}

function isTagParameter(token: IResolvable): boolean {
  return PARAMETER_NAME in token;
}

function nameOf(token: IResolvable): string {
  return (token as unknown as Record<symbol, string>)[PARAMETER_NAME];
}

function parameterProblem(tag: IResolvable): string | undefined {
  const name = nameOf(tag);
  return typeof name === 'string' && !isKnown(name)
    ? 'the name of the parameter with the tag must be known at synthesis: give it as plain text'
    : parameterNameProblem(name)?.replace('the name of the parameter', 'the name of the parameter with the tag');
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}
