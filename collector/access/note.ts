import type { Request } from 'express';
import { networkOf } from './address.ts';
import type { Deed } from './access-log.ts';
import { tokenOfRequest, type Access } from './guard.ts';
import type { Token } from './tokens.ts';

/** Writes down what whoever asks is about to do or to be shown; to be called before it is. */
export function note(
  request: Request,
  access: Access,
  did: Deed,
  about: string | null,
  token: Pick<Token, 'id' | 'person' | 'role'> | undefined = tokenOfRequest(request, access),
): void {
  access.log.add(
    {
      person: token?.person ?? null,
      token: token?.id ?? null,
      role: token?.role ?? 'nobody',
      from: networkOf(request.ip),
      did,
      about: about?.slice(0, 1000) ?? null,
    },
    access.now(),
  );
}
