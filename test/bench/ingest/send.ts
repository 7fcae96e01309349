import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SendOrder, Sent } from './sender.ts';

/** What one measurement found. */
export interface Measured extends Extract<Sent, { seconds: number }> {
  /** Requests answered a second. */
  readonly rate: number;
}

/**
 * Has another process send what was prepared.
 * @param onTenth called each tenth of the way, with how many there were
 */
export async function send(order: SendOrder, onTenth: (tenth: number) => void = () => undefined): Promise<Measured> {
  const child = fork(new URL('sender.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let measured: Measured | undefined;
  child.on('message', (message) => {
    const sent = message as Sent;
    if ('tenth' in sent) onTenth(sent.tenth);
    else measured = { ...sent, rate: order.count / sent.seconds };
  });
  child.send(order);
  await once(child, 'exit');
  if (measured === undefined) throw new Error('the sender ended before it had sent everything');
  return measured;
}
