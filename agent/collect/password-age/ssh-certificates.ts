import { z } from 'zod';
import { read, unreadable } from '../../../policies/reading.ts';
import { AbsolutePath } from '../backup/reader.ts';
import { parseCertificate } from '../ssh/certificate.ts';
import { defineStoreReader, momentOfSeconds, noOtherWays, type FoundAccount } from './store.ts';

/** The first moment of a certificate without a beginning, and the last of one without an end (PROTOCOL.certkeys). */
const always = 0n;
const forever = 0xffff_ffff_ffff_ffffn;

/** A folder of user certificates that an authority signed (`*-cert.pub`). Each has the age of its first valid moment. */
export const sshCertificates = defineStoreReader({
  kind: 'ssh-certificates',
  source: z.strictObject({ folder: AbsolutePath }),
  rehashes: false,
  isComplete: true,
  async read({ host }, store, { folder }) {
    const what = `SSH certificates (${store})`;
    const names = await host.list(folder);
    if (names.state === 'unreadable') return unreadable(names.obstacle.code, what);
    const accounts: FoundAccount[] = [];
    for (const name of names.value.filter((one) => one.endsWith('-cert.pub'))) {
      const text = await host.readText(`${folder}/${name}`, { maximumSize: 65_536 });
      if (text.state === 'unreadable') return unreadable(text.obstacle.code, what);
      const certificate = parseCertificate(text.value);
      if (certificate === undefined) return unreadable('unparsable', what, 'a file of it is no user certificate');
      const { serial, keyId, validAfter, validBefore, digest } = certificate;
      const end = validBefore === forever ? null : momentOfSeconds(Number(validBefore));
      accounts.push({
        name: `${keyId} ${serial}`,
        hash: digest,
        recorded: validAfter === always ? null : momentOfSeconds(Number(validAfter)),
        opensBy: 'password',
        expires: end === null ? null : new Date(end),
      });
    }
    return read({ accounts, ways: noOtherWays });
  },
});
