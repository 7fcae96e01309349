import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

interface Share {
  readonly count: number;
  readonly length: number;
}

/**
 * Seconds that bare Ed25519 verifications take.
 * @param length of each message, in bytes
 */
export async function bareSeconds(count: number, length: number, threads: number): Promise<number> {
  const share: Share = { count: Math.ceil(count / threads), length };
  const seconds = await Promise.all(
    Array.from({ length: threads }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: share });
      return new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
    }),
  );
  return Math.max(...seconds);
}

export const cores = availableParallelism();

if (!isMainThread) {
  const { count, length } = workerData as Share;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = randomBytes(length);
  const signature = sign(null, message, privateKey);
  const begun = performance.now();
  for (let done = 0; done < count; done += 1) verify(null, message, publicKey, signature);
  parentPort?.postMessage((performance.now() - begun) / 1000);
}
