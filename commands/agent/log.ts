import { pino, type Logger } from 'pino';

/** Lines of JSON on standard output, each written at once. */
export function agentLog(): Logger {
  return pino({ name: 'waarborg-agent', level: process.env.WAARBORG_LOG ?? 'info' });
}
