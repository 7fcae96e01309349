import { describe, expect, test } from 'vitest';
import { updatesCollector } from '../../../../agent/collect/updates/index.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { Facts, type Support } from '../../../../policies/checks/updates/facts.ts';
import { endOfLife } from '../../../../policies/end-of-life.ts';
import { read, unreadable, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

const now = new Date('2026-11-22T12:00:00Z');

async function supportOf(release: string, values: Recording = {}, settings: object = {}): Promise<Reading<Support>> {
  const host = new RecordedHost({ ...values, files: { '/etc/os-release': release, ...values.files } });
  const { support } = Facts.parse(await updatesCollector.collect(collecting(host, { at: now }), settings, [{}]));
  if (support === undefined) throw new Error('left out');
  return support;
}

const { dated } = endOfLife;

describe('the table that came along', () => {
  test.each([
    ['ID=debian\nVERSION_ID="12"\n', 'debian', '12'],
    ['ID=ubuntu\nVERSION_ID="24.04"\n', 'ubuntu', '24.04'],
    ['ID="rhel"\nVERSION_ID="9.6"\n', 'rhel', '9'],
    ['ID="almalinux"\nVERSION_ID="9.6"\n', 'almalinux', '9'],
    ['ID="rocky"\nVERSION_ID="8.10"\n', 'rocky-linux', '8'],
    ['ID="centos"\nVERSION_ID="9"\n', 'centos-stream', '9'],
    ['ID="centos"\nVERSION_ID="7"\n', 'centos', '7'],
    ['ID="ol"\nVERSION_ID="9.6"\n', 'oracle-linux', '9'],
    ['ID="amzn"\nVERSION_ID="2023"\n', 'amazon-linux', '2023'],
    ['ID=fedora\nVERSION_ID=43\n', 'fedora', '43'],
    ['ID=alpine\nVERSION_ID=3.22.1\n', 'alpine-linux', '3.22'],
    ['ID="opensuse-leap"\nVERSION_ID="15.6"\n', 'opensuse', '15.6'],
    ['ID="sles"\nVERSION_ID="15.7"\n', 'sles', '15.7'],
  ])('knows the system that says %j', async (release, product, cycle) => {
    const found = await supportOf(release);
    expect(found).toMatchObject(
      read({ table: 'shipped', dated, product, release: cycle, ends: endOfLife.products[product]?.[cycle] }),
    );
    expect(endOfLife.products[product]?.[cycle]).toBeDefined();
  });

  test.each([
    'ID=debian\n',
    'ID=gentoo\nVERSION_ID=2.17\n',
    'ID=debian\nVERSION_ID=99\n',
    'ID=__proto__\nVERSION_ID=1\n',
  ])('does not know the system that says %j', async (release) => {
    expect(await supportOf(release)).toMatchObject({ value: { ends: null } });
  });
});

describe("the operator's table", () => {
  const path = '/etc/waarborg/end-of-life.yaml';
  const settings = { updates: { endOfLife: path } };
  const own = 'dated: 2026-11-01\nproducts:\n  debian: { "12": [2027-01-01] }\n';

  test('counts for the releases that it names, the other for the rest', async () => {
    const files = { [path]: own };
    expect(await supportOf('ID=debian\nVERSION_ID=12\n', { files }, settings)).toMatchObject({
      value: { table: 'settings', dated: '2026-11-01', ends: ['2027-01-01'] },
    });
    expect(await supportOf('ID=fedora\nVERSION_ID=43\n', { files }, settings)).toMatchObject({
      value: { table: 'shipped', dated, ends: ['2026-12-09'] },
    });
  });

  test.each([
    ['missing', undefined, 'missing'],
    ['no table', 'products: {}\n', 'unparsable'],
    ['no YAML', '{', 'unparsable'],
    ['of days that are none', own.replace('2027-01-01', '2027-02-31'), 'unparsable'],
    ['denied', unreadable('denied', path), 'denied'],
  ])('that is %s is an obstacle, not a reason to take the other', async (_, text, code) => {
    const files = text === undefined ? {} : { [path]: text };
    expect(await supportOf('ID=debian\nVERSION_ID=12\n', { files }, settings)).toMatchObject({ obstacle: { code } });
  });
});

describe('extended support', () => {
  const focal = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\nVERSION_CODENAME=focal\n';
  /** ubuntu-pro-client 32.3, `pro status --format json`. */
  const pro = (status: object): Recording => ({
    commands: {
      'pro status --format json': { stdout: JSON.stringify({ version: '32.3', account: { name: 'Jan' }, ...status }) },
    },
  });
  const services = [
    { name: 'esm-apps', status: 'enabled' },
    { name: 'esm-infra', status: 'enabled' },
  ];

  async function extended(release: string, values?: Recording) {
    const found = await supportOf(release, values);
    if (found.state === 'unreadable') throw new Error(JSON.stringify(found.obstacle));
    expect(JSON.stringify(found)).not.toContain('Jan');
    return found.value.extended;
  }

  test('of Debian comes to everybody; it is not asked for while standard support lasts', async () => {
    expect(await extended('ID=debian\nVERSION_ID=12\n')).toEqual(read('included'));
    expect(await extended('ID=debian\nVERSION_ID=13\n')).toBeNull();
    expect(await extended('ID=ubuntu\nVERSION_ID=24.04\n')).toBeNull();
  });

  test('of Ubuntu is what Pro says', async () => {
    expect(await extended(focal, pro({ attached: true, expires: '2027-06-01T00:00:00+00:00', services }))).toEqual(
      read('enabled'),
    );
    expect(await extended(focal, pro({ attached: true, expires: null, services }))).toEqual(read('enabled'));
  });

  test.each([
    ['not attached', { attached: false, services: [{ name: 'esm-infra', available: 'yes' }] }],
    ['attached, and not switched on', { attached: true, services: [{ name: 'esm-infra', status: 'disabled' }] }],
    ['attached, for applications only', { attached: true, services: services.slice(0, 1) }],
    ['expired', { attached: true, expires: '2026-06-01T00:00:00+00:00', services }],
  ])('of an Ubuntu that is %s is none', async (_, status) => {
    expect(await extended(focal, pro(status))).toEqual(read('disabled'));
  });

  test('nobody can tell without an answer of Pro, or where nothing on the host tells', async () => {
    expect(await extended(focal)).toMatchObject({ obstacle: { code: 'command-missing' } });
    expect(await extended(focal, { commands: { 'pro status --format json': { stdout: '[]' } } })).toMatchObject({
      obstacle: { code: 'unparsable' },
    });
    expect(await extended('ID="rhel"\nVERSION_ID="7.9"\n')).toMatchObject({ obstacle: { code: 'unsupported' } });
  });
});
