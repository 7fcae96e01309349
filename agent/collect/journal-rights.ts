/**
 * Whether journalctl(1) said that it leaves out the records of others, or all of them: that nothing matches then means nothing.
 * It says so only where it is not told to be quiet (-q), and in part ends with 0 beside.
 */
export function isJournalHidden(stderr: string): boolean {
  return /insufficient permissions|not seeing messages from other users/i.test(stderr);
}
