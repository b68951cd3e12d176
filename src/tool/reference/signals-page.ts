// Writes the catalogue of signals: what each observes, which numbers the model gets of it, which reasons it can give and what
// the fallback rules make of it. In the order of the feature vector.
import { schema } from '../../domain/feature/schema.ts';
import type { FeatureDefinition, SignalDefinition } from '../../domain/signal/definition.ts';

export function signalsPage(): string {
  const { signals, features } = schema;
  return `# Signals

Generated from \`src/domain/signal\` by \`npm run generate\`; do not edit.

${signals.length} signals fill ${features.length} features. A signal is one reason group: the model gives it one exact log-odds number, and the answer
names that number with one of the codes below. A signal that cannot be observed is absent with a cause, and absence is
never evidence of risk. The points are the fallback rules’ log-odds; they decide only when the model cannot answer.

| signal | reasons that raise | reasons that lower |
|---|---|---|
${signals.map((signal) => `| [${signal.name}](#${anchor(signal)}) | ${codes(signal, 'raises')} | ${codes(signal, 'lowers')} |`).join('\n')}

${signals.map(section).join('\n')}`;
}

function anchor(signal: SignalDefinition): string {
  return signal.name.replaceAll('.', '');
}

function codes(signal: SignalDefinition, direction: 'raises' | 'lowers'): string {
  const named = Object.entries(signal.codes).filter(([, code]) => code.direction === direction);
  return named.map(([name]) => `\`${name}\``).join(', ') || '–';
}

function section(signal: SignalDefinition): string {
  return `## ${signal.name}

**${signal.title}.** ${signal.describes}

${table(
  ['reason', 'direction', 'tells'],
  Object.entries(signal.codes).map(([name, code]) => [`\`${name}\``, code.direction, code.sentence]),
)}
${table(
  ['feature', 'model', 'meaning'],
  signal.features.map((feature) => [`\`${feature.name}\``, constraint(feature), feature.sentence]),
)}
${table(
  ['fallback rule', 'points', 'holds when'],
  signal.rules.map((rule) => [`\`${rule.name}\``, signed(rule.points), rule.sentence]),
)}`;
}

function constraint(feature: FeatureDefinition): string {
  if (feature.monotone === 0) return 'free';
  return feature.monotone > 0 ? 'only raises' : 'only lowers';
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : `−${Math.abs(points)}`;
}

/** Nothing for a table without rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}
