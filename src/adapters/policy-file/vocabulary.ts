// Refuses words that can never occur: `method == "pasword"` passes every type check and silently never holds. Where a variable
// has a closed set of values, each literal that it is compared with must be one of them.
import type { ASTNode } from '@marcbachmann/cel-js';
import { levels } from '../../domain/assessment.ts';
import { credentialMethods } from '../../domain/attempt.ts';
import { asnClasses, listKinds } from '../../domain/ip-facts.ts';
import { sensitivities } from '../../domain/policy/document.ts';
import { allSignals } from '../../domain/signal/catalogue.ts';
import { childNodes } from './direction.ts';

const words: ReadonlyMap<string, ReadonlySet<string>> = new Map<string, ReadonlySet<string>>([
  ['level', new Set(levels)],
  ['sensitivity', new Set(sensitivities)],
  ['decided_by', new Set(['model', 'rules'])],
  ['result', new Set(['success', 'failure'])],
  ['method', new Set(['', ...credentialMethods])],
  ['asn_class', new Set(asnClasses)],
  ['lists', new Set(listKinds)],
  ['reasons', new Set(allSignals.flatMap((signal) => Object.keys(signal.codes)))],
]);

/** `scope` maps iteration variables to the list they run over. */
type Scope = ReadonlyMap<string, string>;

function variableOf(node: ASTNode, scope: Scope): string | null {
  return node.op === 'id' ? (scope.get(node.args) ?? node.args) : null;
}

function literalsOf(node: ASTNode): string[] {
  if (node.op === 'list') return node.args.flatMap(literalsOf);
  return node.op === 'value' && typeof node.args === 'string' ? [node.args] : [];
}

function comparisonProblem(left: ASTNode, right: ASTNode, scope: Scope): string | null {
  for (const [subject, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const variable = variableOf(subject, scope);
    const known = variable === null ? undefined : words.get(variable);
    const odd = known === undefined ? undefined : literalsOf(other).find((word) => !known.has(word));
    if (odd !== undefined)
      return `${variable} is never ${JSON.stringify(odd)}${known !== undefined && known.size < 12 ? `, only ${[...known].filter((word) => word !== '').join(', ')}` : ' (docs/signals.md lists the reasons)'}`;
  }
  return null;
}

/** What is wrong with the words of an expression, as one clause, or null. */
export function vocabularyProblem(node: ASTNode, scope: Scope = new Map()): string | null {
  if (node.op === '==' || node.op === '!=' || node.op === 'in') {
    const problem = comparisonProblem(node.args[0], node.args[1], scope);
    if (problem !== null) return problem;
  }
  let inner = scope;
  if (node.op === 'rcall') {
    const [, receiver, [variable]] = node.args;
    if (receiver.op === 'id' && variable?.op === 'id') inner = new Map([...scope, [variable.args, receiver.args]]);
  }
  for (const child of childNodes(node)) {
    const problem = vocabularyProblem(child, inner);
    if (problem !== null) return problem;
  }
  return null;
}
