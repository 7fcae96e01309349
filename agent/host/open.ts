import type { Host } from './host.ts';
import type { SshHostOptions } from './ssh/ssh.ts';

/** A host that is only there while it is read, such as one that is read over SSH. */
export interface HostToOpen {
  /** Never throws: of a host that cannot be reached nothing can be read, which is what a run then finds. */
  open(signal?: AbortSignal): Promise<Host & AsyncDisposable>;
}

/** A host that can be read until it is disposed of; one that was not opened stays as it was. */
export async function openHost(
  source: Host | HostToOpen,
  signal?: AbortSignal,
): Promise<AsyncDisposable & { readonly host: Host }> {
  if (!('open' in source)) return { host: source, [Symbol.asyncDispose]: () => Promise.resolve() };
  const host = await source.open(signal);
  return { host, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

/** A host that is read over SSH. Its code is loaded when it is opened: whoever stays on this machine need not wait for it. */
export function hostOverSsh(options: SshHostOptions): HostToOpen {
  return {
    async open(signal) {
      const { SshHost } = await import('./ssh/ssh.ts');
      return SshHost.open(options, signal);
    },
  };
}
