import type { Notices } from '../notices/notices.ts';
import { LineBook, type Lines } from './line-book.ts';

/** How it goes with what people are to be told. */
export function renderNotices(notices: Pick<Notices, 'receivers'>): Lines {
  const lines = new LineBook();
  for (const { name: receiver, waiting, sent, failed, pending } of notices.receivers()) {
    for (const [state, count] of Object.entries({ sent, waiting, failed })) {
      lines.add('waarborg_notices_messages', { receiver, state }, count);
    }
    lines.add('waarborg_notices_pending', { receiver }, pending);
  }
  return lines.texts();
}
