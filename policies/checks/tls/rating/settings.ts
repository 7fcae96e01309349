import { z } from 'zod';

/** Letters that the lack of a header can leave; `A+`: it takes nothing away. */
const HeaderLetter = z.enum(['A+', 'A', 'A-']);

/** What a policy may settle where SSL Labs and others read the guide differently. Left out: `defaultRatingSettings`. */
export const ratingSettings = {
  /** The best letter of a web service without Strict-Transport-Security. */
  hstsAbsent: HeaderLetter.optional(),
  /** The best letter of a web service whose Strict-Transport-Security holds for less than six months. */
  hstsShort: HeaderLetter.optional(),
};

export type RatingSettings = Readonly<Record<keyof typeof ratingSettings, z.output<typeof HeaderLetter>>>;

/** The guide of 2009e withholds A+; that a missing header is no warning is how testssl.sh reads 2009r. */
export const defaultRatingSettings: RatingSettings = { hstsAbsent: 'A', hstsShort: 'A' };

/** @param given a control's parameters, which may hold others too */
export function ratingSettingsOf(given: {
  readonly [Key in keyof RatingSettings]?: RatingSettings[Key] | undefined;
}): RatingSettings {
  const { hstsAbsent = defaultRatingSettings.hstsAbsent, hstsShort = defaultRatingSettings.hstsShort } = given;
  return { hstsAbsent, hstsShort };
}
