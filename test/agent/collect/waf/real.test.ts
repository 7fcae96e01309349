import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wafCollector } from '../../../../agent/collect/waf/index.ts';
import { waf } from '../../../../policies/checks/waf.ts';
import type { WafFacts } from '../../../../policies/checks/waf/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { startApacheWith, startNginxWith, type WebServer } from '../web-config/servers.ts';

const forNginx = '/etc/nginx/modsecurity.conf';
const forApache = '/etc/modsecurity/modsecurity.conf-recommended';
const connector = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so';
const apacheModule = '/usr/lib/apache2/modules/mod_security2.so';
const coreRules = '/usr/share/modsecurity-crs/rules/REQUEST-901-INITIALIZATION.conf';

/** Debian's recommended settings, with the engine on and logs in the folder; the core rule set behind them. */
function writeRules(folder: string, recommendedBy: string, more = 'SecRuleEngine On'): void {
  const recommended = readFileSync(recommendedBy, 'utf8')
    .replace(/^SecAuditLog .*$/m, `SecAuditLog ${folder}/audit.log`)
    .replace(/^SecUnicodeMapFile .*$/m, '')
    .replace(/^SecStatusEngine .*$/m, '');
  writeFileSync(join(folder, 'recommended.conf'), recommended);
  writeFileSync(
    join(folder, 'rules.conf'),
    `Include ${folder}/recommended.conf
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
${more}
`,
  );
  mkdirSync(join(folder, 'www'), { recursive: true });
  for (const name of ['index.html', 'off', 'health']) writeFileSync(join(folder, 'www', name), 'hello');
  if (existsSync('/etc/modsecurity/unicode.mapping'))
    cpSync('/etc/modsecurity/unicode.mapping', join(folder, 'unicode.mapping'));
}

async function factsOf(server: WebServer, settings: object = {}): Promise<WafFacts> {
  const context = collecting(server.host);
  return (await wafCollector.collect(context, { waf: { probe: true, ...settings } }, [{ engine: true }])) as WafFacts;
}

function judge(facts: WafFacts, parameters: object): string[] {
  return waf
    .judge(read(facts), parameters, new Date())
    .map(({ code, subject }) => `${code.replace('waf.', '')}: ${(subject ?? '-').replace(/[\d.]+:\d+|:\d+/, 'P')}`)
    .sort();
}

describe.skipIf(!tool('nginx') || !existsSync(connector) || !existsSync(coreRules))(
  'nginx with the core rule set',
  () => {
    it('tells for each site and location what is on, and what is refused', async () => {
      using folder = temporaryFolder();
      writeRules(folder.path, forNginx);
      const on = `modsecurity on; modsecurity_rules_file {folder}/rules.conf;`;
      await using server = await startNginxWith(
        folder.path,
        `server { listen 127.0.0.1:{port}; server_name good.example; root {folder}/www; ${on} }
       server { listen 127.0.0.1:{port}; server_name noted.example; root {folder}/www;
         modsecurity_rules 'SecRuleEngine DetectionOnly'; ${on} }
       server { listen 127.0.0.1:{port}; server_name late.example; root {folder}/www; ${on}
         modsecurity_rules 'SecRuleEngine DetectionOnly'; }
       server { listen 127.0.0.1:{port}; server_name bare.example; root {folder}/www; }
       server { listen 127.0.0.1:{port}; server_name holed.example; root {folder}/www; ${on}
         location /off { modsecurity off; location /off/deep { modsecurity on; modsecurity_rules 'SecRuleEngine DetectionOnly'; } } }
       server { listen 127.0.0.1:{port}; server_name away.example; return 301 https://www.example.org/; }`,
        [connector],
      );
      const facts = await factsOf(server);
      expect(await factsOf(server)).toEqual(facts);
      expect(judge(facts, { engine: true })).toEqual([
        'detection-only: nginx noted.example (P)',
        'engine-off: nginx bare.example (P)',
        'engine-on: nginx good.example (P)',
        'engine-on: nginx holed.example (P)',
        'engine-on: nginx late.example (P)',
        'exception: nginx holed.example (P)',
        'exception: nginx holed.example (P)',
        'gives-nothing: nginx away.example (P)',
      ]);
      expect(facts.servers[0]?.sites).toMatchObject({
        value: [{ coreRules: '3.3.4', conditional: 0, threshold: null }, {}, {}, {}, {}, {}],
      });
      expect(judge(facts, { probe: true })).toEqual([
        'answered: http://bare.exampleP/',
        'answered: http://noted.exampleP/',
        'leads-away: http://away.exampleP/',
        'refused: http://good.exampleP/',
        'refused: http://holed.exampleP/',
        'refused: http://late.exampleP/',
      ]);
      const listed = await factsOf(server, { probe: false, exceptions: ['/off', '/off/deep'] });
      expect(judge(listed, { engine: true }).filter((line) => line.startsWith('exception'))).toEqual([
        'exception-listed: nginx holed.example (P)',
        'exception-listed: nginx holed.example (P)',
      ]);
      expect(judge(listed, { probe: true })).toEqual(['probe-not-allowed: -']);
    });

    it.each([
      ['a later file that switches to detection', 'SecRuleEngine On\nSecRuleEngine DetectionOnly', ['detection-only']],
      [
        'an action that switches it off for every request',
        'SecRuleEngine On\nSecAction "id:99,phase:1,nolog,pass,ctl:ruleEngine=Off"',
        ['engine-off'],
      ],
      [
        'a rule that switches it off for everybody',
        'SecRuleEngine On\nSecRule REMOTE_ADDR "@unconditionalMatch" "id:99,phase:1,nolog,pass,ctl:ruleEngine=Off"',
        ['conditional'],
      ],
      ['the whole core rule set taken out', 'SecRuleEngine On\nSecRuleRemoveById 910000-999999', ['rules-removed']],
      [
        'a threshold that nothing reaches',
        'SecRuleEngine On\nSecAction "id:99,phase:1,nolog,pass,setvar:tx.inbound_anomaly_score_threshold=10000"',
        ['threshold'],
      ],
    ])('does not pass %s, which the probe shows as well', async (_what, more, codes) => {
      using folder = temporaryFolder();
      writeRules(folder.path, forNginx, more);
      // The core rule set takes its threshold at its first rule: what sets it stands before.
      if (more.includes('threshold')) {
        const path = join(folder.path, 'rules.conf');
        writeFileSync(path, `${more}\n${readFileSync(path, 'utf8').replace(more, 'SecRuleEngine On')}`);
      }
      await using server = await startNginxWith(
        folder.path,
        `server { listen 127.0.0.1:{port}; server_name a.example; root {folder}/www; modsecurity on; modsecurity_rules_file {folder}/rules.conf; }`,
        [connector],
      );
      const facts = await factsOf(server);
      expect(judge(facts, { engine: true }).map((line) => line.split(':')[0])).toEqual(codes);
      expect(judge(facts, { probe: true })).toEqual(['answered: http://a.exampleP/']);
    });

    it('is unknown where its rules may not be read, and fails without the core rule set', async () => {
      using folder = temporaryFolder();
      writeRules(folder.path, forNginx);
      writeFileSync(
        join(folder.path, 'own.conf'),
        'SecRuleEngine On\nSecRule ARGS "@contains alert" "id:1,phase:2,deny,status:406"\n',
      );
      await using server = await startNginxWith(
        folder.path,
        `server { listen 127.0.0.1:{port}; server_name a.example; root {folder}/www; modsecurity on; modsecurity_rules_file {folder}/own.conf; }`,
        [connector],
      );
      const facts = await factsOf(server);
      expect(judge(facts, { engine: true })).toEqual(['no-core-rules: nginx a.example (P)']);
      expect(judge(facts, { probe: true })).toEqual(['refused: http://a.exampleP/']);
      expect(judge(facts, { engine: true, minimumCoreRules: '4' })).toEqual(['no-core-rules: nginx a.example (P)']);
    });
  },
);

describe.skipIf(!tool('apache2') || !existsSync(apacheModule) || !existsSync(coreRules))(
  'Apache with the core rule set',
  () => {
    it('tells for each virtual host and section what is on, and what is refused', async () => {
      using folder = temporaryFolder();
      writeRules(folder.path, forApache, 'SecDataDir /tmp');
      await using server = await startApacheWith(
        folder.path,
        `DocumentRoot {folder}/www
<IfModule mod_security2.c>
  Include {folder}/rules.conf
</IfModule>
<IfModule !security2_module>
  SecRuleEngine Off
</IfModule>
SecRuleEngine On
<VirtualHost 127.0.0.1:{port}>
  ServerName good.example
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
  ServerName noted.example
  ServerAlias www.noted.example
  SecRuleEngine DetectionOnly
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
  ServerName off.example
  <IfDefine !NOTHING>
    SecRuleEngine off
  </IfDefine>
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
  ServerName away.example
  SecRuleEngine Off
  Redirect permanent / https://www.example.org/
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
  ServerName holed.example
  <Location "/health">
    SecRuleEngine Off
  </Location>
</VirtualHost>`,
        ['unique_id', 'alias', 'security2'],
      );
      const facts = await factsOf(server);
      expect(judge(facts, { engine: true })).toEqual([
        'detection-only: Apache noted.example +1 (P)',
        'engine-off: Apache off.example (P)',
        'engine-on: Apache good.example (P)',
        'engine-on: Apache holed.example (P)',
        'exception: Apache holed.example (P)',
        'gives-nothing: Apache away.example (P)',
      ]);
      expect(judge(facts, { engine: true, minimumCoreRules: '3.3.5' })).toContain(
        'core-rules-old: Apache good.example (P)',
      );
      expect(judge(facts, { probe: true })).toEqual([
        'answered: http://noted.exampleP/',
        'answered: http://off.exampleP/',
        'answered: http://www.noted.exampleP/',
        'leads-away: http://away.exampleP/',
        'refused: http://good.exampleP/',
        'refused: http://holed.exampleP/',
      ]);
      const exceptions = await factsOf(server, { exceptions: ['/health'] });
      expect(judge(exceptions, { engine: true })).toContain('exception-listed: Apache holed.example (P)');
    });

    it('does not take directives for an engine that is not loaded', async () => {
      using folder = temporaryFolder();
      writeRules(folder.path, forApache);
      await using server = await startApacheWith(
        folder.path,
        `DocumentRoot {folder}/www
<IfModule security2_module>
  SecRuleEngine On
</IfModule>
<VirtualHost 127.0.0.1:{port}>
  ServerName a.example
</VirtualHost>`,
        [],
      );
      expect(judge(await factsOf(server), { engine: true })).toEqual(['engine-off: Apache a.example (P)']);
    });
  },
);
