// Writes the manual page of the policy document. What expressions may use comes from the declarations that the loader
// itself uses, so that the page cannot promise more than the loader accepts.
import { rulesMax } from './read-policy.ts';
import { expressionCharactersMax, functionNames } from './expression.ts';
import { entriesMax } from './read-lists.ts';
import { variables } from './rule-view.ts';

export function policyPage(): string {
  return `# Policy

Partly generated from \`src/adapters/policy-file\` by \`npm run generate\`; do not edit.

The policy turns a score, its reasons and the context into a verdict: \`allow\`, \`challenge\` or \`deny\`. It is one YAML
document, named by \`PORTCULLIS_POLICY_FILE\`; \`policies/default.yaml\` ships. It is read again when the file changes, without a
pause. A version with a fault is reported in one sentence and the one before it stays in force. Every assessment records
the revision: the document's \`version\` and a hash of its text.

## How a verdict comes about

1. **Deny list.** An entry in force denies.
2. **Allow list.** An entry in force allows, whatever the score.
3. **Thresholds** turn the score into a verdict. They are friction budgets: \`challenge_above: 0.99\` asks about 1 % of genuine logins for more.
4. **Rules** that hold move it: \`at_most\` lowers, \`at_least\` raises, \`exactly\` does both. Where they contradict each other the stricter wins.

When something that should have been known was late or missing, the answer is *degraded*: \`at_most\` does not apply, so that a
fallback may raise a verdict and never lowers one. When neither the account's nor the address's past could be read, the verdict is at least
\`when_blind\`. When the deny list has networks or countries and this attempt's could not be looked up, likewise.

A worse attempt never gets a softer verdict, and the loader proves it: an \`at_least\` rule may use score, level, \`degraded\` and \`decided_by\` only
to say how bad an attempt must be at least (\`score > 0.95\`, \`level in ["high", "critical"]\`), an \`at_most\` rule only how good, \`exactly\` not at all.

## The document

| key | meaning |
|---|---|
| \`version\` | number or short word, for people |
| \`thresholds.normal\` | \`challenge_above\` and \`deny_above\`, 0 to 1; \`low\` and \`high\` for clients of that sensitivity, else as \`normal\` |
| \`levels\` | \`medium_above\`, \`high_above\`, \`critical_above\`: names for ranges of the score |
| \`when_blind\` | least verdict when nothing could be learnt; \`challenge\` when left out |
| \`clients\` | sensitivity by client id (\`low\`, \`normal\`, \`high\`); goes before what the caller sends |
| \`lists.deny\`, \`lists.allow\` | entries with exactly one of \`user\`, \`ip\` (address or CIDR), \`asn\`, \`country\`, \`device\`, and \`comment\`, \`expires\`; at most ${entriesMax} each |
| \`rules\` | \`name\`, \`because\`, \`when\` (CEL), and one of \`at_least\`, \`at_most\`, \`exactly\` with a verdict; at most ${rulesMax} |

An entry ends at \`expires\`, compared with the attempt's own time; a date means its first moment in UTC.

## Expressions

\`when\` is [CEL](https://cel.dev), checked for types when the document is read, at most ${expressionCharactersMax} characters. An expression that fails on an
attempt counts as not holding and is reported once per revision.

| variable | type | meaning |
|---|---|---|
${variables.map(([name, type, meaning]) => `| \`${name}\` | \`${type.replace('google.protobuf.Timestamp', 'timestamp')}\` | ${meaning} |`).join('\n')}

Functions: ${functionNames.map((name) => `\`${name}\``).join(', ')}. A word that a variable can never be
(\`method == "pasword"\`) is refused. Iteration (\`all\`, \`exists\`, \`exists_one\`) may not be nested. \`matches\` is refused, because a regular
expression can take seconds.
`;
}
