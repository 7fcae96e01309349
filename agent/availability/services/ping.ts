import { down, failed, outcomeOfObstacle, up, type Outcome } from '../outcome.ts';
import { atAnyAddress, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

/** Seconds for the echo. */
const patienceOfPing = 5;

/** Whether a host echoes, by ping(8): it ends with 1 where nothing came back, with 2 where it could not ask. */
export function probePing({ host }: TargetOf<'ping'>, probing: Probing): Promise<Outcome> {
  const { vantage, signal } = probing;
  return atAnyAddress(probing, host, async (address) => {
    const args = ['-n', '-q', '-c', '1', '-W', String(patienceOfPing), address];
    const result = await vantage.run({ file: 'ping', args }, signal);
    if (result.state === 'unreadable') {
      return result.obstacle.code === 'timeout' ? outcomeOfObstacle(result.obstacle) : failed('ping did not run');
    }
    const { exitCode } = result.value;
    if (exitCode === 0) return up;
    return exitCode === 1 ? down('silent') : failed(`ping ended with ${exitCode}`);
  });
}
