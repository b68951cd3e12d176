// From YAML text to a policy that can decide, or to one sentence that says what is wrong and where. Nothing is guessed: keys
// that are not known, relations that cannot hold and expressions that do not type-check all refuse the whole document.
import { createHash } from 'node:crypto';
import { verdicts } from '../../domain/assessment.ts';
import { decide } from '../../domain/policy/decide.ts';
import {
  type LevelBounds,
  type PolicyDocument,
  type PolicyRule,
  type RuleEffect,
  ruleEffects,
  type Sensitivity,
  sensitivities,
  type Thresholds,
} from '../../domain/policy/document.ts';
import type { YamlReading } from '../../parse/yaml-text.ts';
import type { Policy } from '../../ports/policy.ts';
import { compileExpression, type Stopwatch } from './expression.ts';
import { at, choiceOf, documentPath, fieldsOf, itemsOf, PolicyProblem, shareOf, textOf } from './fields.ts';
import { readList } from './read-lists.ts';

export const rulesMax = 64;
const clientsMax = 1000;

export type PolicyReading = { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly problem: string };
/** Told each time a rule's expression fails while deciding; the rule then counts as not holding. */
export type OnRuleFailure = (rule: string, problem: string) => void;

/**
 * Makes a policy of what the YAML reader gave; `text` is what it read, for the revision. Never throws. `problem` is one clause
 * without a full stop.
 */
export function readPolicy(text: string, yaml: YamlReading, clock: Stopwatch, onRuleFailure: OnRuleFailure): PolicyReading {
  if (!yaml.ok) return yaml;
  try {
    const document = readDocument(yaml.value, shortHash(text), clock, onRuleFailure);
    return { ok: true, policy: { revision: document.revision, decide: (question) => decide(question, document) } };
  } catch (error) {
    if (error instanceof PolicyProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

/** 48 bits tell a person's revisions apart; the whole text is in their version control. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function readDocument(value: unknown, hash: string, clock: Stopwatch, onRuleFailure: OnRuleFailure): PolicyDocument {
  const fields = fieldsOf(value, documentPath, ['version', 'thresholds', 'levels', 'when_blind', 'clients', 'lists', 'rules']);
  const version = readVersion(fields['version']);
  const lists = fields['lists'] === undefined ? {} : fieldsOf(fields['lists'], 'lists', ['deny', 'allow']);
  return {
    version,
    revision: `${version}+${hash}`,
    thresholds: readThresholds(fields['thresholds']),
    levels: readLevels(fields['levels']),
    whenBlind: choiceOf(fields['when_blind'] ?? 'challenge', 'when_blind', verdicts),
    clients: readClients(fields['clients']),
    deny: readList(lists['deny'], 'lists.deny'),
    allow: readList(lists['allow'], 'lists.allow'),
    rules: readRules(fields['rules'], clock, onRuleFailure),
  };
}

function readVersion(value: unknown): string {
  const version = typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
  if (typeof version !== 'string' || !/^[\w.-]{1,40}$/.test(version))
    throw new PolicyProblem('version must be a number or a short word, like 7 or 2026-11-22');
  return version;
}

function readThresholds(value: unknown): Record<Sensitivity, Thresholds> {
  const fields = fieldsOf(value, 'thresholds', sensitivities);
  const read = (sensitivity: Sensitivity): Thresholds => {
    const path = `thresholds.${sensitivity}`;
    // Only "normal" must be there: an author without sensitivities need not repeat it.
    const one = fieldsOf(fields[sensitivity] ?? fields['normal'], path, ['challenge_above', 'deny_above']);
    const challengeAbove = shareOf(one['challenge_above'], at(path, 'challenge_above'));
    const denyAbove = shareOf(one['deny_above'], at(path, 'deny_above'));
    if (denyAbove < challengeAbove)
      throw new PolicyProblem(`${path}.deny_above (${denyAbove}) must not be below challenge_above (${challengeAbove})`);
    return { challengeAbove, denyAbove };
  };
  return { normal: read('normal'), low: read('low'), high: read('high') };
}

function readLevels(value: unknown): LevelBounds {
  const fields = fieldsOf(value, 'levels', ['medium_above', 'high_above', 'critical_above']);
  const mediumAbove = shareOf(fields['medium_above'], 'levels.medium_above');
  const highAbove = shareOf(fields['high_above'], 'levels.high_above');
  const criticalAbove = shareOf(fields['critical_above'], 'levels.critical_above');
  if (!(mediumAbove <= highAbove && highAbove <= criticalAbove))
    throw new PolicyProblem('levels must ascend: medium_above, high_above, critical_above');
  return { mediumAbove, highAbove, criticalAbove };
}

function readClients(value: unknown): Map<string, Sensitivity> {
  const clients = new Map<string, Sensitivity>();
  if (value === undefined || value === null) return clients;
  if (typeof value !== 'object' || Array.isArray(value)) throw new PolicyProblem('clients must map client ids to a sensitivity');
  const entries = Object.entries(value);
  if (entries.length > clientsMax) throw new PolicyProblem(`clients has ${entries.length} entries, more than ${clientsMax}`);
  for (const [id, sensitivity] of entries) clients.set(id, choiceOf(sensitivity, `clients.${id.slice(0, 100)}`, sensitivities));
  return clients;
}

function readRules(value: unknown, clock: Stopwatch, onRuleFailure: OnRuleFailure): PolicyRule[] {
  const names = new Set<string>();
  return itemsOf(value, 'rules', rulesMax).map((item, index) => {
    const path = `rules[${index}]`;
    const fields = fieldsOf(item, path, ['name', 'because', 'when', ...ruleEffects]);
    const name = textOf(fields['name'], `${path}.name`, 64);
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new PolicyProblem(`${path}.name must be lower case with hyphens, like breached-password`);
    if (names.has(name)) throw new PolicyProblem(`${path}.name repeats ${name}`);
    names.add(name);
    if (fields['because'] !== undefined) textOf(fields['because'], `${path}.because`, 500);
    const given = ruleEffects.filter((effect) => fields[effect] !== undefined);
    const effect = given[0];
    if (effect === undefined || given.length > 1)
      throw new PolicyProblem(`${path} (${name}) must have exactly one of ${ruleEffects.join(', ')}`);
    const verdict = choiceOf(fields[effect], `${path}.${effect}`, verdicts);
    return { name, effect, verdict, holds: readWhen(fields['when'], path, name, effect, clock, onRuleFailure) };
  });
}

function readWhen(
  value: unknown,
  path: string,
  name: string,
  effect: RuleEffect,
  clock: Stopwatch,
  onRuleFailure: OnRuleFailure,
): PolicyRule['holds'] {
  if (typeof value !== 'string') throw new PolicyProblem(`${path}.when must be a CEL expression`);
  const expression = compileExpression(value, effect, clock, (problem) => onRuleFailure(name, problem));
  if (!expression.ok) throw new PolicyProblem(`${path}.when (${name}) is refused: ${expression.problem}`);
  return expression.holds;
}
