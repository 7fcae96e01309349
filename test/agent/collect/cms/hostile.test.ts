import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { cmsCollector } from '../../../../agent/collect/cms.ts';
import { cms } from '../../../../policies/checks/cms.ts';
import { CmsFacts } from '../../../../policies/checks/cms/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { drupal, joomla, machineWith, plant, typo3Classic, typo3Project, wordpress } from './trees.ts';

/** A site of each product, and one beside them whose owner means no harm. */
const trees = {
  w: wordpress('6.8.1', { one: '1.0' }),
  t: typo3Classic('11.5.30', { one: ['1.0.0', 'stable'] }),
  p: typo3Project('12.4.8', [{ key: 'one', version: '1.0.0', state: 'stable' }]),
  d: drupal('10.3.1', { one: '8.x-1.0' }),
  j: joomla([5, 1, 0]),
};
const files = Object.entries(trees).flatMap(([site, content]) =>
  Object.keys(content)
    .filter((path) => /\.(?:php|json|xml|yml)$/.test(path))
    .map((path) => `${site}/${path}`),
);

const temporary = temporaryFolder();
afterAll(() => temporary[Symbol.dispose]());
const folder = realpathSync(temporary.path);
for (const [site, tree] of Object.entries(trees)) plant(join(folder, site), tree);
plant(join(folder, 'good'), wordpress('6.8.1'));

async function collectWith(path: string, content: string | Uint8Array): Promise<CmsFacts> {
  const before = readFileSync(join(folder, path));
  writeFileSync(join(folder, path), content);
  const folders = [`${folder}/*`, `${folder}/p/public`];
  const facts = await cmsCollector.collect(collecting(machineWith({})), { cms: { folders } }, []);
  writeFileSync(join(folder, path), before);
  return CmsFacts.parse(JSON.parse(JSON.stringify(facts)));
}

function expectGoodIsKnown({ sites }: CmsFacts): void {
  expect(sites.find(({ site }) => site.endsWith('/good'))).toMatchObject({
    core: { value: { versions: [{ version: '6.8.1' }] } },
    plugins: { state: 'read' },
  });
}

describe('whatever an owner writes', () => {
  test('no more is read of one site than others can bear', async () => {
    using many = temporaryFolder();
    const root = realpathSync(many.path);
    plant(join(root, 'good'), wordpress('6.8.1'));
    plant(join(root, 'big'), typo3Classic('11.5.30'));
    for (let index = 0; index < 60; index++) {
      plant(join(root, 'big'), { [`typo3conf/ext/e${index}/ext_emconf.php`]: `<?php /*${' '.repeat(200_000)}*/` });
    }
    const context = collecting(machineWith({}));
    const facts = CmsFacts.parse(await cmsCollector.collect(context, { cms: { folders: [`${root}/*`] } }, []));
    expectGoodIsKnown(facts);
    const [big] = facts.sites.filter(({ product }) => product === 'typo3');
    const codes =
      big?.plugins.state === 'read'
        ? big.plugins.value.map(({ marks }) => marks.state === 'unreadable' && marks.obstacle.code)
        : [];
    expect([...new Set(codes)].sort()).toEqual(['too-large', 'unparsable']);
  });

  test('the other sites are read, and the facts are of their form', async () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }).map((text) => `<?php $wp_version = '${text}'; const VERSION = '${text}';`),
      fc.string({ unit: 'binary' }).map((text) => `<?xml?><extension><version>${text}</version></extension>`),
      fc.json().map((json) => `{"packages": [${json}, {"name": "typo3/cms-core", "version": ${json}}]}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), content, async (path, bytes) => {
        const facts = await collectWith(path, bytes);
        expectGoodIsKnown(facts);
        for (const parameters of [{}, { plugins: 'stable' }, { lookEvery: '7d' }]) {
          cms.judge(read(facts), parameters, new Date());
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['a list nested very deep', 'p/vendor/composer/installed.json', '['.repeat(1e6) + ']'.repeat(1e6)],
    ['a list beyond the limit', 'p/vendor/composer/installed.json', `[${' '.repeat(9e6)}]`],
    [
      'names of the language’s own',
      'p/vendor/composer/installed.json',
      '{"__proto__": {"packages": []}, "constructor": 1}',
    ],
    ['a header that never ends', 'w/wp-content/plugins/one/one.php', `<?php /* Plugin Name: ${'*'.repeat(8000)}`],
    ['many lines like a header', 'w/wp-content/plugins/one/one.php', ' \t/*#@'.repeat(1400)],
    ['comments that never end', 'j/administrator/manifests/files/joomla.xml', '<!--'.repeat(30_000)],
    ['very many versions', 'd/modules/contrib/one/one.info.yml', "version: '1'\n".repeat(4500)],
    ['brackets without end', 'd/core/lib/Drupal.php', `<?php ${'['.repeat(400_000)}`],
  ])('%s', async (_, path, content) => {
    const begun = performance.now();
    expectGoodIsKnown(await collectWith(path, content));
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
