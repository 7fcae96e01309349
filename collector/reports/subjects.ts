import type { Language, Text } from '../../policies/schema.ts';
import type { ControlCompliance, Course } from './model.ts';

/** Of whom a course tells: a host, or the organisation itself. */
export type Subject = { readonly of: 'host'; readonly host: string } | { readonly of: 'organisation' };

export interface SubjectCourse extends Course {
  readonly subject: Subject;
}

const organisationName: Text = { nl: 'Organisatie', en: 'Organisation' };

/** All courses of a control: that of the organisation first. */
export function coursesOf({ organisation, hosts }: Pick<ControlCompliance, 'organisation' | 'hosts'>): SubjectCourse[] {
  const own: SubjectCourse[] = organisation === null ? [] : [{ subject: { of: 'organisation' }, ...organisation }];
  return [...own, ...hosts.map(({ host, ...course }): SubjectCourse => ({ subject: { of: 'host', host }, ...course }))];
}

export function subjectName(subject: Subject, language: Language): string {
  return subject.of === 'host' ? subject.host : organisationName[language];
}
