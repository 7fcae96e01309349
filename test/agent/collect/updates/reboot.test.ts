import { expect, test } from 'vitest';
import { readReboot } from '../../../../agent/collect/updates/reboot.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const kernel = {
  '/proc/sys/kernel/osrelease': '6.1.0-40-amd64\n',
  '/proc/sys/kernel/version': '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2026-09-20)\n',
};

test('kernels are told apart from the packages that merely depend on one', async () => {
  const installed = [
    { name: 'linux-image-amd64', version: '6.1.158-1', held: false },
    { name: 'linux-image-unsigned-6.8.0-45-generic', version: '6.8.0-45.45', held: false },
    { name: 'linux-image-6.1.0-40-amd64', version: '6.1.153-1', held: false },
    { name: 'linux-image-6.1.0-40-amd64-dbg', version: '6.1.153-1', held: false },
  ];
  expect(await readReboot(new RecordedHost({ files: kernel }), read(installed))).toEqual({
    required: read(false),
    running: read({ release: '6.1.0-40-amd64', build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2026-09-20)' }),
    kernels: read([
      { release: '6.1.0-40-amd64', version: '6.1.153-1' },
      { release: '6.8.0-45-generic', version: '6.8.0-45.45' },
    ]),
  });
});

test('a marker is seen, and one that cannot be looked at is not absent', async () => {
  const marked = new RecordedHost({ files: { ...kernel, '/run/reboot-required': '' } });
  expect(await readReboot(marked, read([]))).toMatchObject({ required: read(true) });
  const denied = unreadable('denied', '/run/reboot-required');
  const hidden = new RecordedHost({ files: { '/run/reboot-required': denied } });
  expect(await readReboot(hidden, unreadable('command-missing', 'dpkg-query'))).toMatchObject({
    required: denied,
    running: { state: 'unreadable' },
    kernels: { state: 'unreadable' },
  });
});
