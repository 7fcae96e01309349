/**
 * Scans many names of one address as a run of the agent does, and prints seconds, how many names showed a certificate,
 * and the peak of resident memory in bytes.
 * Arguments: port, number of names, check kinds with commas between; for `tls` the grounds of a letter are collected.
 */
import { LocalHost } from '../../agent/host/local.ts';
import { certificateCollector } from '../../agent/collect/certificate.ts';
import { tlsCollector } from '../../agent/collect/tls.ts';
import type { AllCertificates } from '../../policies/checks/certificate/facts.ts';
import { collecting } from '../support/collecting.ts';

const [port = '', count = '', kinds = ''] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => `www${index}.example.nl`);
const endpoints = [];
for (let at = 0; at < names.length; at += 64) {
  endpoints.push({ host: '127.0.0.1', port: Number(port), names: names.slice(at, at + 64) });
}
/** Only what is declared: other servers of this machine are no part of the measurement. */
class OnlyDeclared extends LocalHost {
  override readText(path: string, options?: { maximumSize?: number }) {
    return path.startsWith('/proc/net/')
      ? Promise.resolve({ state: 'read' as const, value: 'header\n' })
      : super.readText(path, options);
  }
}

const context = collecting(new OnlyDeclared(), { signal: AbortSignal.timeout(120_000) });
const settings = { endpoints, discovery: 'off' };
const begun = performance.now();
const collected = await Promise.all(
  kinds
    .split(',')
    .map((kind) =>
      kind === 'tls'
        ? tlsCollector.collect(context, settings, [{ minimumGrade: 'A' }])
        : certificateCollector.collect(context, settings, [{}]),
    ),
);
const seconds = (performance.now() - begun) / 1000;
const { endpoints: probed } = collected[0] as AllCertificates;
const served = probed.filter((one) => one.name !== undefined && one.speaks === 'tls' && one.served.length > 0).length;
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ seconds, served, peak }));
