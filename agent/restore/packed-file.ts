import { createReadStream, createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { read } from '../../policies/reading.ts';
import { readThrough } from '../collect/backup/unpacked.ts';
import type { Copy, RestoreContext } from './restorer.ts';

const unpackers = { gzip: createGunzip, zstd: createZstdDecompress } as const;

/** One file that is packed by itself. Where it came from nobody says. */
export function openPacked(
  { host, signal }: RestoreContext,
  path: string,
  packer: 'gzip' | 'zstd',
  isVerified: boolean,
): Copy {
  const name = basename(path).replace(/\.[^.]*$/, '');
  return {
    async files() {
      const extent = await readThrough(host, path, packer, signal);
      if (extent.state === 'unreadable') return extent;
      if (extent.value === 'damaged') return { state: 'failed', why: `${path} cannot be unpacked` };
      const { size } = extent.value;
      return read(size === 0 ? [] : [{ path: name, size, modifiedAt: new Date(0) }]);
    },
    async restore(_files, folder) {
      try {
        const target = createWriteStream(join(folder, name), { flags: 'wx' });
        await pipeline(createReadStream(path), unpackers[packer](), target, { signal });
        return { state: 'restored', isVerified };
      } catch (error) {
        signal.throwIfAborted();
        return { state: 'failed', why: `${path}: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
  };
}
