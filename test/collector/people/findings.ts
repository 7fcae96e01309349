import { plainPolicy } from '../../support/policies.ts';

/** A document that asks for findings to be examined: urgent ones within a day, others within two working days. */
export const findingsPolicy = plainPolicy('response', {
  'R-urgent': { check: 'cases', with: examined('urgent', '24h') },
  'R-normal': { check: 'cases', with: examined('normal', '2wd') },
});

function examined(urgency: string, within: string) {
  return { of: 'finding', urgency, steps: [{ step: 'examined', within }] };
}
