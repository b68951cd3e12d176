import t from 'tap';
import { type AssetFacts, stepToKeep } from '../../src/domain/asset.ts';
import { asset, assetFacts, removal } from '../support/assets.ts';

t.test('the later change stands; of two of one moment the same is no news and another is a contradiction', (t) => {
  const standing = asset('web', { changedAtMs: 5 });
  t.equal(stepToKeep(null, standing), 'store');
  t.equal(stepToKeep(standing, asset('web', { changedAtMs: 6 })), 'store');
  t.equal(stepToKeep(standing, asset('web', { changedAtMs: 4 })), 'outdated');
  t.equal(stepToKeep(standing, { ...standing, facts: assetFacts(), by: 'another key' }), 'already');
  for (const [name, value] of Object.entries({ name: null, owner: '', sensitivity: 'low', environment: null, note: 'x' }))
    t.equal(stepToKeep(standing, { ...standing, facts: { ...assetFacts(), [name]: value } as AssetFacts }), 'contradiction', name);
  const removed = removal('web', { changedAtMs: 5 });
  t.equal(stepToKeep(standing, removed), 'contradiction');
  t.equal(stepToKeep(removed, standing), 'contradiction');
  t.equal(stepToKeep(removed, removed), 'already');
  t.equal(stepToKeep(removed, asset('web', { changedAtMs: 6 })), 'store');
  t.end();
});
