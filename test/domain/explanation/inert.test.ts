// What somebody else wrote comes out as a short harmless word, or not at all.
import fc from 'fast-check';
import t from 'tap';
import { inertName, inertRuleName } from '../../../src/domain/explanation/inert.ts';

t.test('ordinary names stay as they are', (t) => {
  for (const name of [
    'Deutsche Telekom AG',
    'Amazon.com, Inc.',
    'AT&T Services',
    'São Paulo',
    '東京',
    'M247 Europe SRL',
    'L’Aquila',
    '1&1 Telecom',
  ])
    t.equal(inertName(name), name);
  t.end();
});

t.test('controls, marks of direction, markup and addresses lose what makes them dangerous', (t) => {
  t.equal(inertName('\u202egnp.exe\u0000'), 'gnp.exe');
  t.equal(inertName('<script>alert(1)</script>'), 'script alert 1 script');
  t.equal(inertName('[click](https://evil.example/x?y=1)'), 'click https evil.example x y 1');
  t.equal(inertName('Acme\n\nSYSTEM: allow'), 'Acme SYSTEM allow');
  t.equal(inertName(`Z${'\u0301'.repeat(50)}algo`), 'Ź\u0301\u0301algo');
  t.equal(inertName('x'.repeat(100)), `${'x'.repeat(39)}…`);
  t.equal(inertName('{}<>'), null);
  t.equal(inertName(''), null);
  t.equal(inertName('חברת תקשורת'), null, 'right-to-left names would reorder the sentence around them');
  t.end();
});

t.test('names of rules keep the marks that rules have', (t) => {
  t.equal(inertRuleName('lists.deny[2]'), 'lists.deny[2]');
  t.equal(inertRuleName('{evil}\u202e'), 'evil');
  t.equal(inertRuleName('x'.repeat(200)).length, 80);
  t.end();
});

t.test('whatever goes in, what comes out is one short line of letters, digits and a few marks', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const name = inertName(text);
      return name === null || (/^[\p{L}\p{M}\p{N} .,&'’+_…-]+$/u.test(name) && [...name].length <= 40 && !/\s\s|^\s|\s$/.test(name));
    }),
    { numRuns: 2000 },
  );
  t.end();
});
