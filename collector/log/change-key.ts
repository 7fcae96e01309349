import { uptime } from 'node:os';
import type { Logger } from 'pino';
import { lockFolder } from '../../agent/lock.ts';
import type { CollectorConfig } from '../config.ts';
import { StoreError } from '../store/database.ts';
import { evidenceDatabase, hasEvidence } from '../store/store.ts';
import { nextSigningKey, openSigningKeys, settleFiles, type SigningKeys } from './keys.ts';
import type { CommitError } from './log.ts';
import { openLog, type OpenLog } from './open.ts';

/** The log's key cannot be changed as it stands. */
export class KeyChangeError extends Error {
  readonly code = 'log.key-change';
}

export interface ChangeInput {
  readonly config: Pick<CollectorConfig, 'origin' | 'data' | 'guard' | 'checkpoints'>;
  readonly log: Logger;
  readonly now?: () => Date;
}

/**
 * Has a log that nobody serves go on under a new key: an entry names it, and both keys sign every head from there on.
 * Killed at any moment, it leaves the log as it was or changed, and can be asked again.
 * @returns the new verification key, and the entry that names it
 * @throws KeyChangeError, LockedError, StoreError
 */
export async function changeLogKey(input: ChangeInput): Promise<{ logKey: string; index: number }> {
  using open = openStopped(input);
  const { keys, evidence, sequencer } = open;
  if (keys.former !== undefined) {
    throw new KeyChangeError('two keys sign already: end that with --finish before you change the key again');
  }
  const key = nextSigningKey(input.config.data);
  const index = await sequencer.submit((append) => evidence.changeKey(key, append));
  settleFiles(input.config.data, { key, former: keys.key });
  return { logKey: evidence.logKey, index };
}

/**
 * Has the newest key sign alone. Whoever knows an older one only has to learn the new one first.
 * @returns the verification key that signs
 * @throws KeyChangeError, LockedError, StoreError
 */
export function finishKeyChange(input: ChangeInput): string {
  using open = openStopped(input);
  const { keys, evidence } = open;
  if (keys.former === undefined) throw new KeyChangeError('one key signs alone already: there is nothing to finish');
  evidence.signAlone();
  settleFiles(input.config.data, { key: keys.key, former: undefined });
  return evidence.logKey;
}

function openStopped({ config, log, now = () => new Date() }: ChangeInput): OpenLog & { readonly keys: SigningKeys } {
  if (!hasEvidence(config.data)) {
    throw new StoreError('store.damaged', `${config.data} holds no log; a new one makes its key when it starts`);
  }
  const resources = new DisposableStack();
  try {
    resources.use(lockFolder(config.data));
    const database = resources.adopt(evidenceDatabase(config.data), (connection) => connection.close());
    const keys = openSigningKeys(config.data, config.origin, database);
    const open = resources.use(
      openLog({
        ...{ database, config, now, log, elapsed: uptime, ...keys },
        onCommit: () => undefined,
        onUndone: () => undefined,
        onFatal: (error: CommitError) => log.fatal({ code: error.code }, error.message),
      }),
    );
    const owned = resources.move();
    return { ...open, keys, [Symbol.dispose]: () => owned.dispose() };
  } catch (error) {
    resources.dispose();
    throw error;
  }
}
