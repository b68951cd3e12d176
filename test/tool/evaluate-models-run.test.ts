// How an evaluation of models is run: it goes on where it was, spends what it may, and takes the arguments and settings that it says.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { caseCount, evaluated, setting, truth } from '../support/evaluated-models.ts';
import { usualUsage } from '../support/fake-providers/script.ts';
import { fakeEnvironment } from '../support/provider-world.ts';

t.test('answers are kept: a run that was stopped goes on, and the same again costs nothing', async (t) => {
  const { directory, args, servers } = await setting(t, { good: ['openai', truth] });
  const kept = join(directory, 'measured.answers.ndjson');
  await evaluated([...args, '--changed', '0', '--cases', '2']);
  const first = await evaluated([...args, '--changed', '1']);
  const asked = servers.get('good')?.requests.length ?? 0;
  t.equal(first.of('good').asked?.account.run.calls, asked - 2);
  // As a run that was killed while it wrote, and one of another version, leave it.
  writeFileSync(kept, `${readFileSync(kept, 'utf8')}{"key":"x"}\n{"key":"y","text":`);
  const again = await evaluated([...args, '--changed', '1']);
  t.equal(servers.get('good')?.requests.length, asked);
  t.match(again.of('good').asked?.account, {
    run: { calls: 0, reused: asked, money: 0 },
    tokens: { input: caseCount * usualUsage.input },
  });
  t.strictSame(again.of('good').measures.sign_agreement, first.of('good').measures.sign_agreement);
  const page = readFileSync(kept, 'utf8');
  t.notMatch(page, /example\.com|203\.0\.113|München/, 'they hold no name of anybody');
});

t.test('no more is spent than the arguments or the file allow; cases that were not asked are counted', async (t) => {
  const { args } = await setting(t, { good: ['compatible', truth] });
  const { of } = await evaluated([...args, '--changed', '0', '--concurrency', '1', '--tokens', '14000']);
  const { account } = of('good').asked ?? {};
  t.ok((account?.ends.stop ?? 0) > 0 && (account?.ends.budget ?? 0) > 0, JSON.stringify(account?.ends));
  t.equal((account?.ends.stop ?? 0) + (account?.ends.budget ?? 0), caseCount);
  t.ok((account?.run.tokens.input ?? 0) + (account?.run.tokens.output ?? 0) <= 14_000);
});

t.test('arguments that cannot be meant are refused before anybody is asked', async (t) => {
  const { directory, args, servers } = await setting(t, { good: ['compatible', truth] });
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--models', 'good,best'], /names "best", which the explainer file does not have; there are good/],
    [['--cases', 'many'], /--cases must be a whole number, 1 or more/],
    [['--changed', '-1'], /--changed/],
    [['--money', '0'], /--money must be a number above 0/],
    [['--explainer', join(directory, 'none.yaml')], /cannot be read/],
    [['--tenant', 'other'], /there are no cases of tenant other/],
  ];
  for (const [more, message] of refused) await t.rejects(evaluated([...args, ...more]), { message }, more.join(' '));
  t.notOk(existsSync(join(directory, 'measured.html')));
  t.equal(servers.get('good')?.requests.length, 0);
  const { result } = await evaluated([...args, '--template-only']);
  t.strictSame(
    result.explainers.map(({ name }) => name),
    ['template'],
  );
});

t.test('the command takes the setting of the service, and ends with one sentence when it cannot', async (t) => {
  const { directory, args } = await setting(t, { good: ['compatible', truth] });
  const [data, file, output] = [args[1], args[3], args[5]] as [string, string, string];
  const run = (env: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        'src/tool/evaluate-explanations.ts',
        '--data',
        data,
        '--output',
        output,
        '--changed',
        '0',
        '--cases',
        '2',
      ],
      { env: { PATH: process.env['PATH'] ?? '', ...fakeEnvironment, ...env } },
    );
  const { stdout } = await run({ PORTCULLIS_EXPLAINER_FILE: file });
  t.match(stdout, /^good: 2 of 2 cases explained$/m);
  t.match(stdout, /^ {2}usable 1\.0000 \(/m);
  t.ok(existsSync(join(directory, 'measured.json')));
  await t.rejects(run({ PORTCULLIS_EXPLAINER_FILE: `${file}.none` }), {
    code: 1,
    stderr: /^evaluate:explanations: The explainer file .* cannot be read/,
  });
});
