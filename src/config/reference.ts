// Writes the manual page of all settings from their declarations. src/tool/generate-reference.ts puts it on disk, and a test
// fails when the page on disk says something else.
import { type Declaration, wanted } from './declaration.ts';
import { configFileEnvName, declarations, envName, fileKey, settingNames } from './settings.ts';

export function settingsPage(): string {
  const rows = settingNames.map((name) => {
    const declaration: Declaration = declarations[name];
    const secret = declaration.secret === true ? ` Secret: never logged; may come from a file named by \`${envName(name)}_FILE\`.` : '';
    return `| \`${envName(name)}\` | \`${fileKey(name)}\` | ${wanted(declaration)} | ${defaultText(declaration)} | ${declaration.sentence}${secret} |`;
  });
  return `# Settings

Generated from \`src/config/settings.ts\` by \`npm run generate\`; do not edit.

A setting comes from the environment, else from the one optional file that \`${configFileEnvName}\` names (YAML or JSON, one
\`key: value\` per line), else it has its default. An empty environment value counts as not given. Paths are relative to the
directory in which the service is started. An unknown setting, a value out of range or an impossible combination ends the
start with one sentence.

| environment | key in the file | value | default | what it does |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function defaultText(declaration: Declaration): string {
  if ('whenAbsent' in declaration && declaration.whenAbsent !== undefined) return declaration.whenAbsent;
  if (declaration.type === 'switch') return declaration.default ? 'on' : 'off';
  return `\`${String(declaration.default)}\``;
}
