// Which folder may import which (the table in ARCHITECTURE.md), checked by `npm run check`. Each folder names what it may
// import; everything else is an error, so that a new folder or package needs a decision here.

const folder = (names) => `^src/(${names})(/|\\.ts$)`;
// Workers and copies link node_modules from elsewhere, so a package is recognised by the part of its path behind the folder.
const npm = 'node_modules/';
const everywhere = { dependencyTypesNot: ['core'] };

/** `from` may import `to` and nothing else in src. */
function only(from, to, comment) {
  return {
    name: `${from.replace(/[|()\\/]+/g, '-')}-imports`,
    comment,
    severity: 'error',
    from: { path: folder(from) },
    to: { path: '^src/', pathNot: folder(to) },
  };
}

/** One package lives in one folder, so that it can be replaced by changing one folder. */
const homes = {
  fastify: 'http',
  '@fastify/[^/]+': 'http',
  typebox: 'http|parse',
  'onnxruntime-node': 'adapters/onnx',
  lmdb: 'adapters/lmdb',
  msgpackr: 'adapters/lmdb',
  maxmind: 'adapters/ip-database',
  '@photostructure/tz-lookup': 'adapters/ip-database',
  '@ip-location-db/[^/]+': 'adapters/ip-database|tool',
  '@marcbachmann/cel-js': 'adapters/policy-file',
  undici: 'adapters/feeds|adapters/ai-sdk|adapters/account-facts',
  ai: 'adapters/ai-sdk',
  '@ai-sdk/[^/]+': 'adapters/ai-sdk',
  cockatiel: 'adapters/ai-sdk',
  'intl-messageformat': 'adapters/icu-messages',
  'prom-client': 'telemetry',
  yaml: 'parse',
  'ua-parser-js': 'parse',
  'ipaddr.js': 'parse',
  'lossless-json': 'parse',
  'csv-parse': 'tool|parse',
  'cli-progress': 'tool',
  'vega(-lite)?': 'tool',
};

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one; type-only cycles included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'resolvable', comment: 'A path that leads nowhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('domain', 'domain', 'Pure: what things are.'),
    {
      name: 'domain-packages',
      comment: 'Pure: no package, no node: module.',
      severity: 'error',
      from: { path: folder('domain|ports') },
      to: { pathNot: '^src/' },
    },
    only('ports', 'domain|ports', 'Interfaces over domain types.'),
    {
      name: 'ports-values',
      comment: 'A port is a contract; values belong to domain or to an adapter.',
      severity: 'error',
      from: { path: folder('ports') },
      to: { path: folder('domain'), dependencyTypesNot: ['type-only'] },
    },
    only('assess', 'assess|domain|ports|telemetry', 'The milliseconds before the answer know no technology.'),
    only('learn', 'learn|domain|ports|telemetry', 'After the answer; knows no technology.'),
    only('review', 'review|domain|ports|telemetry', 'Minutes, with people; knows no technology.'),
    only('parse', 'parse|domain', 'From untrusted text to domain values.'),
    only('adapters', 'adapters|domain|ports|telemetry|parse', 'One technology each, behind ports.'),
    {
      name: 'adapters-apart',
      comment: 'Adapters meet in compose.ts and its folder only.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    only('http', 'http|assess|learn|review|domain|ports|parse|telemetry', 'Routes call use cases and know no adapter.'),
    only('config', 'config|parse|domain/limits', 'One declaration per setting; needs nobody.'),
    only('telemetry', 'telemetry|domain', 'Every metric, declared once; its labels are domain words.'),
    {
      name: 'main',
      comment: 'The process entry starts the composition.',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: folder('compose|config|telemetry') },
    },
    {
      name: 'nobody-imports-the-top',
      comment: 'compose.ts with its folder and main.ts are the top; only tools and main look at compose, and start.js at main.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${folder('main|compose|tool')}|^src/start\\.js$` },
      to: { path: folder('main|compose') },
    },
    {
      name: 'threads-are-composed-alone',
      comment:
        'The review thread is another root: it is started by its path, and what is loaded there is not loaded where logins are scored.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/compose/review' },
      to: { path: '^src/compose/review', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tools-are-leaves',
      comment: 'Tools use the service, never the other way round.',
      severity: 'error',
      from: { path: '^src/', pathNot: folder('tool') },
      to: { path: folder('tool') },
    },
    {
      name: 'src-alone',
      comment: 'What ships does not know how it is tested.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-packages',
      comment: 'A production install lacks them.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'], pathNot: `${npm}@types/` },
    },
    ...Object.entries(homes).map(([name, home]) => ({
      name: `home-of-${name.replace(/[^a-z-]+/g, '-')}`,
      comment: `${name} lives in src/${home}.`,
      severity: 'error',
      // Tools are programs of their own and may read what the service reads.
      from: { path: '^src/', pathNot: `${folder(home)}|^src/tool/` },
      to: { path: `${npm}${name}/`, ...everywhere },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(coverage|data|models)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    preserveSymlinks: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
    cache: false,
  },
};
