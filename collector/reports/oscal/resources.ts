import { createHash } from 'node:crypto';
import { number } from '../view/words.ts';
import { markdown, prop, uuidOf, type Json, type OscalExport } from './document.ts';
import { oscalTexts } from './texts.ts';

/** Another document of the same export, as back matter refers to it. */
export interface WrittenFile {
  readonly uuid: string;
  readonly name: string;
  readonly content: string;
}

/** A document beside this one, held to its content by its digest. */
export function fileResource({ uuid, name, content }: WrittenFile, description?: string): Json {
  const value = createHash('sha256').update(content).digest('hex');
  const rlink = { href: name, 'media-type': 'application/oscal+json', hashes: [{ algorithm: 'SHA-256', value }] };
  return { uuid, title: name, description, rlinks: [rlink] };
}

/** The log's signed head, whole: what entries are named under. */
export function logResource({ report: { log }, language }: OscalExport): Json {
  const t = oscalTexts[language];
  return {
    uuid: logUuid(log.origin),
    title: t.log,
    description: markdown(t.logDescription(log.origin, number(log.size, language))),
    props: [prop('origin', log.origin), prop('size', log.size), prop('root', log.root), prop('key', log.key)],
    base64: {
      filename: 'checkpoint',
      'media-type': 'text/plain',
      value: Buffer.from(log.checkpoint).toString('base64'),
    },
  };
}

export function logUuid(origin: string): string {
  return uuidOf('log', origin);
}
