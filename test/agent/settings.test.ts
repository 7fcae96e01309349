import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAgentSettings } from '../../agent/settings.ts';
import { temporaryFolder } from '../support/tools.ts';

function load(folder: string, text: string) {
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, text);
  return loadAgentSettings(file);
}

test('what is left out has a default, and paths count from the file', () => {
  using folder = temporaryFolder();
  const settings = load(
    folder.path,
    'policies: [cloud-provider, own/policy.yaml]\ndata: state\nlimits: { check: 2m }\n',
  );
  expect(settings).toMatchObject({
    policies: ['cloud-provider', join(folder.path, 'own/policy.yaml')],
    data: join(folder.path, 'state'),
    limits: { check: 120, run: 600, spoolReports: 1000 },
    schedule: '*/15 * * * *',
    splay: 30,
  });
});

test.each([
  ['an unknown key', 'policies: [x]\npolicy: x\n', '2:1', 'policy'],
  ['a wrong type', 'policies: x\n', '1:11', 'policies: '],
  ['no policies', 'labels: {}\n', '1:1', 'policies: '],
  ['a wrong duration', 'policies: [x]\nlimits:\n  check: 0s\n', '3:10', 'expected a duration'],
  ['a label that is none', 'policies: [x]\nlabels: { Role: web }\n', '2:', 'label name'],
  ['a schedule that is none', 'policies: [x]\nschedule: hourly\n', '2:11', 'cron expression'],
  ['a schedule that cron does not know', 'policies: [x]\nschedule: "99 * * * *"\n', '2:11', 'fields that cron knows'],
  ['a collector that is no address', 'policies: [x]\ncollector: { url: "ftp://x" }\n', '2:', 'collector.url'],
  ['an agent name in capitals', 'agent: WEB1\npolicies: [x]\n', '1:8', 'host name in lower case'],
  ['broken YAML', 'policies: [x\nlabels: {}\n', '2:', 'not valid YAML'],
])('%s is told with its line and column', (_, text, place, what) => {
  using folder = temporaryFolder();
  const failing = () => load(folder.path, text);
  expect(failing).toThrow(`${join(folder.path, 'agent.yaml')}:${place}`);
  expect(failing).toThrow(what);
});

describe('a host that is read over SSH', () => {
  const ssh = "ssh: { address: 'ssh://waarborg@web7.example.nl', knownHosts: known_hosts, identityFiles: [key] }";

  test('has its files beside its own, and its data below the state of the agent that reads it', () => {
    using folder = temporaryFolder();
    const settings = load(folder.path, `policies: [antum]\nagent: web7.example.nl\n${ssh}\n`);
    expect(settings.data).toBe('/var/lib/waarborg/agent/remote/web7.example.nl');
    expect(settings.ssh).toMatchObject({
      address: { user: 'waarborg', host: 'web7.example.nl', port: 22 },
      knownHosts: join(folder.path, 'known_hosts'),
      identityFiles: [join(folder.path, 'key')],
      sudo: false,
    });
  });

  test.each([
    ['has no name to report under', ssh, /expected the key agent too/],
    ['is known by no key', "agent: web7\nssh: { address: 'ssh://root@web7' }", /expected knownHosts or hostKey/],
    ['has another address', 'agent: web7\nssh: { address: web7, knownHosts: k }', /expected ssh:\/\/USER@HOST/],
    ['reads others itself', `agent: web7\n${ssh}\nremote: [more.yaml]`, /expected no hosts behind a host/],
  ])('is refused where it %s', (_, lines, why) => {
    using folder = temporaryFolder();
    expect(() => load(folder.path, `policies: [antum]\n${lines}\n`)).toThrow(why);
  });

  test('is found by a pattern, and missed by a path', () => {
    using folder = temporaryFolder();
    for (const name of ['b.yaml', 'a.yaml', 'c.txt']) writeFileSync(join(folder.path, name), '');
    const { remote } = load(folder.path, 'policies: [antum]\nremote: ["?.yaml", other.yaml]\n');
    expect(remote).toEqual(['a.yaml', 'b.yaml', 'other.yaml'].map((name) => join(folder.path, name)));
  });
});
