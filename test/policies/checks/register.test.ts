import { describe, expect, test } from 'vitest';
import { register, type CertificateLine, type SubProcessorLine } from '../../../policies/checks/register.ts';
import { read } from '../../../policies/reading.ts';
import { worstVerdict } from '../../../policies/verdict.ts';

const at = new Date('2026-11-22T12:00:00Z');

interface Lines {
  readonly certificates?: readonly CertificateLine[];
  readonly subProcessors?: readonly SubProcessorLine[];
}

function judge({ certificates = [], subProcessors = [] }: Lines, parameters: object): string[] {
  const reasons = register.judge(read({ certificates, subProcessors }), parameters, at);
  return [worstVerdict(reasons.map(({ verdict }) => verdict)), ...reasons.map(({ code }) => code.split('.')[1] ?? '')];
}

function certificate(changed: Partial<CertificateLine> = {}): CertificateLine {
  return {
    id: 'certificate-1',
    standard: 'iso27001',
    from: '2025-01-01T00:00:00.000Z',
    until: '2028-01-01T00:00:00.000Z',
    recorded: '2025-01-10T00:00:00.000Z',
    files: 1,
    ...changed,
  };
}

describe('a certificate', () => {
  const asked = { of: 'certificate', standards: ['iso27001'], evidence: 'required' };

  test.each<[string, readonly CertificateLine[], string[]]>([
    ['stands', [certificate()], ['pass', 'stands']],
    [
      'that ends soon is told of',
      [certificate({ until: '2027-01-01T00:00:00.000Z' })],
      ['pass', 'stands', 'ends-soon'],
    ],
    ['has ended at its last moment', [certificate({ until: at.toISOString() })], ['fail', 'expired']],
    ['without its file fails', [certificate({ files: 0 })], ['fail', 'no-evidence']],
    ['of a time to come does not count', [certificate({ from: '2026-11-22T12:00:00.001Z' })], ['unknown', 'not-yet']],
    ['whose end nobody wrote down shows nothing', [certificate({ until: null })], ['unknown', 'no-end']],
    ['of something else is none', [certificate({ standard: 'iso9001' })], ['unknown', 'none']],
    ['that nobody wrote down shows nothing', [], ['unknown', 'none']],
    [
      'that stands is enough, whatever became of the one before',
      [certificate({ until: '2026-01-01T00:00:00.000Z' }), certificate({ id: 'certificate-2' })],
      ['pass', 'stands'],
    ],
    [
      'that ended is not made up for by one to come',
      [certificate({ until: '2026-01-01T00:00:00.000Z' }), certificate({ from: '2027-01-01T00:00:00.000Z' })],
      ['fail', 'expired'],
    ],
  ])('%s', (_, certificates, found) => {
    expect(judge({ certificates }, asked)).toEqual(found);
  });

  test('is needed for each standard that is asked', () => {
    const standards = ['iso27001', 'iso27017'];
    expect(judge({ certificates: [certificate()] }, { ...asked, standards })).toEqual(['unknown', 'stands', 'none']);
  });
});

function subProcessor(changed: Partial<SubProcessorLine> = {}): SubProcessorLine {
  return {
    id: 'sub-1',
    service: 'mail',
    from: '2026-11-20T00:00:00.000Z',
    until: null,
    told: '2026-10-01T00:00:00.000Z',
    recorded: '2026-10-02T00:00:00.000Z',
    ...changed,
  };
}

describe('a sub-processor', () => {
  const asked = { of: 'sub-processor', ahead: '30d' };

  test.each<[string, Partial<SubProcessorLine>, string[]]>([
    ['that customers know of in time is', {}, ['pass', 'told']],
    [
      'that they know of at the last moment is',
      { told: '2026-10-21T00:00:00.000Z', recorded: '2026-10-21T00:00:00.000Z' },
      ['pass', 'told'],
    ],
    [
      'that they know of after it fails',
      { told: '2026-10-21T00:00:00.001Z', recorded: '2026-11-01T00:00:00.000Z', from: '2026-11-20T00:00:00.000Z' },
      ['fail', 'told-late'],
    ],
    [
      'is remembered as late for a while, and then told of only',
      { from: '2026-06-01T00:00:00.000Z', told: '2026-06-02T00:00:00.000Z' },
      ['not-applicable', 'was-late'],
    ],
    ['that nobody told of fails', { told: null }, ['fail', 'not-told']],
    [
      'that is still to be told of is no failure',
      { told: null, from: '2027-01-01T00:00:00.000Z' },
      ['not-applicable', 'to-tell'],
    ],
    [
      'that is said to have been told of later than it was written down shows nothing',
      { told: '2026-10-02T00:05:01.000Z' },
      ['unknown', 'told-ahead'],
    ],
    ['that ended is asked no more', { told: null, until: at.toISOString() }, ['not-applicable', 'ended']],
  ])('%s', (_, changed, found) => {
    expect(judge({ subProcessors: [subProcessor(changed)] }, { ...asked, remember: '60d' })).toEqual(found);
  });

  test('needs to be known of by its beginning where no more is asked', () => {
    const line = subProcessor({ told: '2026-11-20T00:00:00.000Z', recorded: '2026-11-20T00:00:00.000Z' });
    expect(judge({ subProcessors: [line] }, { of: 'sub-processor' })).toEqual(['pass', 'told']);
    const late = { ...line, told: '2026-11-20T00:00:01.000Z' };
    expect(judge({ subProcessors: [late] }, { of: 'sub-processor' })).toEqual(['fail', 'told-late']);
  });

  test('that nobody wrote down shows nothing', () => {
    expect(judge({}, asked)).toEqual(['unknown', 'none']);
  });
});
