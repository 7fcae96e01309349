/** The supplier's own terms (SLA Maatregelen): seconds, percent of the fee. */
export const creditTerms = { from: 45 * 60, step: 3600, share: 20, most: 100 } as const;

/** Percent of the fee for so many seconds down in a month: a share for each full hour beyond the first 45 minutes. */
export function creditShare(down: number): number {
  const hours = Math.floor((down - creditTerms.from) / creditTerms.step);
  return Math.min(Math.max(hours, 0) * creditTerms.share, creditTerms.most);
}

/** A fee in hundredths, such as cents. */
export function creditAmount(fee: number, share: number): number {
  return Math.round((fee * share) / 100);
}
