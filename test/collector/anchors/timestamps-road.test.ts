import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { exportBundle } from '../../../collector/export.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';
import { startTimestampServer } from '../../support/timestamp-server.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { anchorsIn } from '../../support/witness.ts';

test.skipIf(!tool('openssl'))(
  'a collector has its log stamped, one authority out of order or not, and an auditor sees by when it existed',
  async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const tsa = new TimestampAuthority(join(folder.path, 'tsa'), { key: 'rsa:2048' });
    await using server = await startTimestampServer(tsa);
    await using broken = await startTimestampServer(tsa, (_, response) => void response.writeHead(500).end());
    const config = {
      timestamps: [
        { name: 'broken', url: broken.url, ca: tsa.rootFile },
        { name: 'test', url: server.url, ca: tsa.rootFile },
      ],
    };
    {
      await using collector = await collectorOn(data);
      using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1');
      await agent.runOnce();
      expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    }
    {
      await using _ = await collectorOn(data, { config });
      await vi.waitUntil(() => anchorsIn(data).length > 0, { timeout: 10_000 });
    }
    expect(broken.requests.length).toBeGreaterThan(0);
    const [anchor] = anchorsIn(data);
    expect(anchor).toMatchObject({ by: { type: 'rfc3161', authority: 'test' } });

    const bundle = join(folder.path, 'bundle');
    exportBundle(data, bundle, () => undefined);
    const { code, stdout } = await runWaarborg(['verify', bundle, '--authority', tsa.rootFile]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `${anchor?.size} of \\d+ entries are shown by the time stamps of Test TSA Root to have existed before`,
      ),
    );
  },
);
