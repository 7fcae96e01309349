/** One line on the terminal that says what is going on; nothing at all where standard error is no terminal. */
export class ProgressLine {
  readonly #isShown = process.stderr.isTTY;
  readonly #running = new Set<string>();

  /** Something named begins or ends. */
  change(name: string, state: 'begins' | 'ends'): void {
    if (state === 'begins') this.#running.add(name);
    else this.#running.delete(name);
    this.say(this.#running.size > 0 ? `checking ${[...this.#running].join(', ')} …` : '');
  }

  say(text: string): void {
    if (this.#isShown) process.stderr.write(`\r\x1b[K${text}`);
  }

  clear(): void {
    this.say('');
  }
}
