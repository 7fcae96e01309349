import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'disk-encryption.encrypted': {
    verdict: 'pass',
    en: 'all of it lies on {devices}, under {cipher} of {bits} bits ({format})',
    nl: 'alles ligt op {devices}, onder {cipher} van {bits} bits ({format})',
  },
  'disk-encryption.in-memory': {
    verdict: 'pass',
    en: 'it is kept in memory, not on a disk',
    nl: 'het staat in het geheugen, niet op een schijf',
  },
  'disk-encryption.no-swap': {
    verdict: 'pass',
    en: 'there is no swap that memory could be written to',
    nl: 'er is geen swap waar geheugen naartoe geschreven kan worden',
  },
  'disk-encryption.plain': {
    verdict: 'fail',
    en: 'part of it lies on {devices} without any encryption that the kernel does',
    nl: 'een deel ligt op {devices} zonder enige versleuteling door de kernel',
  },
  'disk-encryption.weak': {
    verdict: 'fail',
    en: '{device} is encrypted with {cipher}, which comes to {bits} bits; at least {minimum} are expected',
    nl: '{device} is versleuteld met {cipher}, wat neerkomt op {bits} bits; minstens {minimum} worden verwacht',
  },
  'disk-encryption.unsound': {
    verdict: 'fail',
    en: '{device} is encrypted with {cipher}, which is no cipher to rely on; {expected} is expected',
    nl: '{device} is versleuteld met {cipher}, en daar is niet op te bouwen; {expected} wordt verwacht',
  },
  'disk-encryption.strength-unclear': {
    verdict: 'unknown',
    en: '{device} is encrypted with {cipher}, and how many bits that comes to cannot be told from its name',
    nl: '{device} is versleuteld met {cipher}, en hoeveel bits dat zijn blijkt niet uit de naam',
  },
  'disk-encryption.by-folder': {
    verdict: 'unknown',
    en: '{devices} is not encrypted as a whole; fscrypt was set up on it, and nobody can tell here which folders it covers',
    nl: '{devices} is niet als geheel versleuteld; fscrypt is erop ingericht, en welke mappen daaronder vallen is hier niet te zien',
  },
  'disk-encryption.elsewhere': {
    verdict: 'unknown',
    en: 'another machine or a program keeps it ({type}); look there',
    nl: 'een andere machine of een programma bewaart het ({type}); kijk daar',
  },
  'disk-encryption.overlay': {
    verdict: 'unknown',
    en: 'it is made of layers (overlay) whose disk cannot be seen from here; look on the host of this container',
    nl: 'het bestaat uit lagen (overlay) waarvan de schijf van hieruit niet te zien is; kijk op de host van deze container',
  },
  'disk-encryption.container': {
    verdict: 'unknown',
    en: 'this is a container ({container}), and its disks belong to its host; look there',
    nl: 'dit is een container ({container}), en de schijven zijn van zijn host; kijk daar',
  },
  'disk-encryption.detached': {
    verdict: 'unknown',
    en: '/etc/fstab has a disk for {path} that is not mounted now, so it cannot be looked at',
    nl: '/etc/fstab heeft voor {path} een schijf die nu niet is gekoppeld, dus er valt niet naar te kijken',
  },
  'disk-encryption.list-not-set': {
    verdict: 'unknown',
    en: 'nobody said where this lies; set encryptedPaths.{list} in agent.yaml',
    nl: 'niemand zei waar dit ligt; zet encryptedPaths.{list} in agent.yaml',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
