// Proves at load that a worse attempt can never get a softer verdict. A rule that raises may only start to hold, and a rule
// that lowers only cease to hold, as the score grows, the level rises, the attempt becomes degraded or the rules take over
// from the model. What we cannot prove by looking at the expression is refused; every useful shape is simple enough.
import type { ASTNode } from '@marcbachmann/cel-js';
import { levels } from '../../domain/assessment.ts';
import type { RuleEffect } from '../../domain/policy/document.ts';

/** How the truth of an expression moves as the attempt gets worse. */
type Direction = 'constant' | 'rises' | 'falls' | 'unclear';

const worsening = new Set(['score', 'level', 'degraded', 'decided_by']);

function flipped(direction: Direction): Direction {
  if (direction === 'rises') return 'falls';
  return direction === 'falls' ? 'rises' : direction;
}

function joined(a: Direction, b: Direction): Direction {
  if (a === 'constant') return b;
  return b === 'constant' || a === b ? a : 'unclear';
}

/** Direct children, whatever the shape of the node's arguments. */
export function childNodes(node: ASTNode): ASTNode[] {
  const nodes: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (typeof value === 'object' && value !== null && 'op' in value && 'args' in value) nodes.push(value as ASTNode);
  };
  collect(node.args);
  return nodes;
}

function mentionsWorsening(node: ASTNode): boolean {
  return node.op === 'id' ? worsening.has(node.args) : childNodes(node).some(mentionsWorsening);
}

/** `score > 0.9` and its mirror image; the other side may be anything that does not move. */
function ofOrder(operator: '<' | '<=' | '>' | '>=', [left, right]: readonly [ASTNode, ASTNode]): Direction {
  const grows: Direction = operator.startsWith('>') ? 'rises' : 'falls';
  if (left.op === 'id' && left.args === 'score' && !mentionsWorsening(right)) return grows;
  if (right.op === 'id' && right.args === 'score' && !mentionsWorsening(left)) return flipped(grows);
  return 'unclear';
}

const orderOf = new Map<string, readonly string[]>([
  ['level', levels],
  ['decided_by', ['model', 'rules']],
]);

/** `level == "critical"`, `level in ["high", "critical"]`: moves one way when the named values are all worst or all best. */
function ofNamed(subject: ASTNode, named: readonly ASTNode[]): Direction {
  const order = subject.op === 'id' ? orderOf.get(subject.args) : undefined;
  if (order === undefined || !named.every((node) => node.op === 'value')) return 'unclear';
  const holds = order.map((value) => named.some((node) => node.args === value));
  if (holds.every((held, at) => at === 0 || held || !holds[at - 1])) return 'rises';
  return holds.every((held, at) => at === 0 || !held || holds[at - 1]) ? 'falls' : 'unclear';
}

function directionOf(node: ASTNode): Direction {
  if (!mentionsWorsening(node)) return 'constant';
  switch (node.op) {
    case 'id':
      return node.args === 'degraded' ? 'rises' : 'unclear';
    case '!_':
      return flipped(directionOf(node.args));
    case '&&':
    case '||':
      return joined(directionOf(node.args[0]), directionOf(node.args[1]));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ofOrder(node.op, node.args);
    case '==':
      return ofNamed(node.args[0], [node.args[1]]);
    case '!=':
      return flipped(ofNamed(node.args[0], [node.args[1]]));
    case 'in':
      return node.args[1].op === 'list' ? ofNamed(node.args[0], node.args[1].args) : 'unclear';
    default:
      return 'unclear';
  }
}

/** What is wrong with the expression for a rule of this effect, as one clause, or null. */
export function directionProblem(ast: ASTNode, effect: RuleEffect): string | null {
  const direction = directionOf(ast);
  if (direction === 'constant') return null;
  if (effect === 'at_least' && direction === 'rises') return null;
  if (effect === 'at_most' && direction === 'falls') return null;
  const allowed = {
    at_least: 'only say how bad it must be at least (score > x, level in ["high", "critical"], degraded)',
    at_most: 'only say how good it must be at least (score < x, level in ["low", "medium"], !degraded)',
    exactly: 'not look at score, level, degraded or decided_by; use at_least or at_most',
  }[effect];
  return `a worse score could soften the verdict; an ${effect} rule may ${allowed}`;
}
