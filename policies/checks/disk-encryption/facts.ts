import { z } from 'zod';
import { readingOf } from '../../reading.ts';

const Name = z.string().min(1).max(256);

/** A layer that encrypts all that passes it. */
const Layer = z.strictObject({
  by: z.enum(['dm-crypt', 'zfs', 'ecryptfs']),
  /** How its key is kept: `LUKS2`, `LUKS1`, `PLAIN` and others of cryptsetup; `zfs`, `ecryptfs`. */
  format: z.string().max(32),
  /** As the kernel runs it, which may be another than a header or a configuration says. */
  cipher: readingOf(
    z.strictObject({
      /** In its own way of writing: `aes-xts-plain64`, `capi:xts(aes)-plain64`, `aes-256-gcm`. */
      name: Name,
      /** Bits of all key material together; XTS uses half of it to encrypt. */
      keyBits: z.int().min(0).max(65_536),
    }),
  ),
});
export type Layer = z.output<typeof Layer>;

/** One way from a file system down to where its bytes lie; RAID and volume groups have several. */
const Leg = z.strictObject({
  /** What lies at the bottom: a disk, memory, or what a loop device is a file of. */
  device: Name,
  medium: z.enum(['disk', 'memory']),
  /** From the top down. */
  layers: z.array(Layer).max(16),
});
export type Leg = z.output<typeof Leg>;

/** Where bytes are kept: a file system by one of its mount points, or a swap area. */
const Place = z.strictObject({
  where: z.string().min(1).max(1024),
  use: z.enum(['files', 'swap']),
  /** The file system (`ext4`), or `partition` and `file` of swap. */
  type: Name,
  /**
   * `devices`: on disks of this host. `memory`: tmpfs, and swap in zram. `elsewhere`: another machine keeps it, or a program.
   * `overlay`: layers of other file systems, as the root of most containers is.
   */
  kind: z.enum(['devices', 'memory', 'elsewhere', 'overlay']),
  /** Of `devices`; sorted by device. */
  legs: readingOf(z.array(Leg).max(256)).nullable(),
  /** Whether fscrypt was set up on it: then some folders may be encrypted, each by itself. */
  hasFscrypt: z.boolean(),
  /** Of `files`: whether it holds data unless lists say otherwise, as mounted disks do but those that a machine boots from. */
  isUsual: z.boolean(),
});
export type Place = z.output<typeof Place>;

const List = z.strictObject({
  name: z.string().min(1).max(64),
  paths: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(1024),
        /** Where it and all below it lies, by the `where` of places. */
        places: readingOf(z.array(z.string()).max(1024)),
        /** /etc/fstab has a disk for it that is not mounted now. */
        isDetached: z.boolean(),
      }),
    )
    .max(256),
});
export type List = z.output<typeof List>;

export const Facts = z.strictObject({
  /** Sorted by use and `where`. */
  places: readingOf(z.array(Place).max(4096)),
  /** The swap areas among them, or why they could not be listed. */
  swap: readingOf(z.int().min(0)),
  /** `encryptedPaths` of agent.yaml, sorted by name. */
  lists: z.array(List).max(32),
  /** The kind of container that the agent is in; null on a machine of its own. */
  container: z.string().max(64).nullable(),
});
export type DiskEncryptionFacts = z.output<typeof Facts>;
