/** Remembers by key what has been begun, so that it is done once however many ask; a failure is everyone's. */
export function rememberOnce(): <T>(key: string, make: () => Promise<T>) => Promise<T> {
  const begun = new Map<string, Promise<unknown>>();
  return <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const before = begun.get(key) as Promise<T> | undefined;
    if (before !== undefined) return before;
    const made = make();
    begun.set(key, made);
    return made;
  };
}
