// What does a flag of Node or a variable of the environment change? The service as `npm start` starts it beside the service started otherwise,
// each with a copy of the same data, saturated in turn on one core.
//
//   node bench/starts.ts [--rounds 9] [--seconds 4] [--profiles 100000] -- "VARIANT" ...
//
// A variant is flags and variables with blanks between: "--min-semi-space-size=32 --max-semi-space-size=32", "GLIBC_TUNABLES=glibc.malloc.hugetlb=0".
// A flag that is given again takes the place of the one before.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interleave, type Named } from './support/interleave.ts';
import { createLoad } from './support/load.ts';
import { preload } from './support/preload.ts';
import { startServer } from './support/server-process.ts';

const { values, positionals: variants } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '4' },
    profiles: { type: 'string', default: '100000' },
  },
});
const profiles = Number(values.profiles);
const directory = mkdtempSync(join(tmpdir(), 'portcullis-starts-'));
const servers: Named[] = [];
try {
  await preload(join(directory, 'made'), profiles);
  for (const [i, variant] of ['', ...variants].entries()) {
    const data = join(directory, String(i));
    cpSync(join(directory, 'made'), data, { recursive: true });
    const words = variant.split(' ').filter((word) => word !== '');
    const told = Object.fromEntries(words.filter((word) => !word.startsWith('-')).map((word) => word.split(/=(.*)/s) as [string, string]));
    const env = { ...told, PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: data, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'warn' };
    const name = i === 0 ? 'as it is' : `variant ${i}`;
    const flags = words.filter((word) => word.startsWith('-'));
    servers.push({ name, server: await startServer({ script: 'src/start.js', core: 0, env, flags }) });
    process.stdout.write(`${name}${i === 0 ? '' : `: ${variant}`}\n`);
  }
  await interleave(servers, createLoad({ profiles, connections: 32, seconds: Number(values.seconds) }), Number(values.rounds));
} finally {
  for (const { server } of servers) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
