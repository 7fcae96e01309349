import type { NextFunction, Request, Response } from 'express';
import type { Language } from '../../policies/schema.ts';

const cookieName = 'waarborg-language';
const yearMilliseconds = 365 * 86_400_000;

/** The language of an answer: `?lang=`, else the cookie of an earlier choice, else Accept-Language (RFC 9110, 12.5.4), else English. */
export function languageOf(request: Request): Language {
  const accepted = request.acceptsLanguages('en', 'nl');
  return (
    languageNamed(request.query.lang) ??
    languageNamed(cookie(request)) ??
    languageNamed(accepted === false ? undefined : accepted) ??
    'en'
  );
}

/** Keeps a choice made by `?lang=` for the pages that follow. */
export function keepLanguage(request: Request, response: Response, next: NextFunction): void {
  const chosen = languageNamed(request.query.lang);
  if (chosen !== undefined) {
    response.cookie(cookieName, chosen, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      path: '/',
      maxAge: yearMilliseconds,
    });
  }
  next();
}

function languageNamed(value: unknown): Language | undefined {
  return value === 'nl' || value === 'en' ? value : undefined;
}

function cookie(request: Request): string | undefined {
  return new RegExp(`(?:^|;) *${cookieName}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1];
}
