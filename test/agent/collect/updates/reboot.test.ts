import { expect, test } from 'vitest';
import { debianKernels, readMark, readReboot } from '../../../../agent/collect/updates/reboot.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const kernel = {
  '/proc/sys/kernel/osrelease': '6.1.0-40-amd64\n',
  '/proc/sys/kernel/version': '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2026-09-20)\n',
};

const debian = '6.1.0-40-amd64';
const build = '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2026-09-20)';

test('kernels are told apart from the packages that merely depend on one', () => {
  const installed = [
    { name: 'linux-image-amd64', version: '6.1.158-1', held: false },
    { name: 'linux-image-unsigned-6.8.0-45-generic', version: '6.8.0-45.45', held: false },
    { name: 'linux-image-6.1.0-40-amd64', version: '6.1.153-1', held: false },
    { name: 'linux-image-6.1.0-40-amd64-dbg', version: '6.1.153-1', held: false },
  ];
  expect(debianKernels(read(installed))).toEqual(
    read([
      { release: '6.1.0-40-amd64', version: '6.1.153-1' },
      { release: '6.8.0-45-generic', version: '6.8.0-45.45' },
    ]),
  );
  expect(debianKernels(unreadable('command-missing', 'dpkg-query'))).toMatchObject({ state: 'unreadable' });
});

test('the running kernel and its live patches are read', async () => {
  const files = { ...kernel, '/sys/kernel/livepatch/lkp_Ubuntu_5_15/enabled': '1\n' };
  const parts = { required: read(false), kernels: read([]) };
  expect(await readReboot(new RecordedHost({ files }), parts)).toEqual({
    required: read(false),
    running: read({ release: debian, build }),
    kernels: read([]),
    livePatches: read(['lkp_Ubuntu_5_15']),
  });
  expect(await readReboot(new RecordedHost({}), parts)).toMatchObject({
    running: { state: 'unreadable' },
    livePatches: read([]),
  });
});

test('a mark is seen, and one that cannot be looked at is not absent', async () => {
  const path = '/run/reboot-required';
  expect(await readMark(new RecordedHost({ files: { [path]: '' } }))).toEqual(read(true));
  expect(await readMark(new RecordedHost({}))).toEqual(read(false));
  const denied = unreadable('denied', path);
  expect(await readMark(new RecordedHost({ files: { [path]: denied } }))).toEqual(denied);
});
