import { describe, expect, test } from 'vitest';
import { CustomerHosts } from '../../../collector/people/customer-hosts.ts';

const [march, april, may, june] = ['03', '04', '05', '06'].map((month) => `2026-${month}-01T00:00:00.000Z`) as [
  string,
  string,
  string,
  string,
];

function registerOf(...lines: [receivedAt: string, id: string, hosts: string[], until?: string][]): CustomerHosts {
  const register = new CustomerHosts();
  for (const [receivedAt, id, hosts, until = null] of lines) {
    register.take({ receivedAt, act: { act: 'record', id, record: { of: 'customer', hosts, from: march, until } } });
  }
  return register;
}

function seen(register: CustomerHosts, id: string): unknown {
  return Object.fromEntries(register.of(id, new Date(june)));
}

describe('a host is shown to a customer', () => {
  test('since his line begins, however often that is written anew', () => {
    expect(seen(registerOf([april, 'acme', ['web1']], [may, 'acme', ['web1', 'web2']]), 'acme')).toEqual({
      web1: march,
      web2: may,
    });
  });

  test('since it came over from another', () => {
    expect(seen(registerOf([march, 'acme', ['web1']], [april, 'zenith', ['web1']]), 'zenith')).toEqual({ web1: april });
  });

  test('not of the time in which it was another’s, when it comes back to a line that had ended', () => {
    const register = registerOf([march, 'acme', ['web1'], april], [april, 'zenith', ['web1']], [may, 'acme', ['web1']]);
    expect(seen(register, 'acme')).toEqual({ web1: may });
  });

  test('of all of his time, where his line ended and was written anew and nobody else had it', () => {
    expect(seen(registerOf([march, 'acme', ['web1'], april], [may, 'acme', ['web1']]), 'acme')).toEqual({
      web1: march,
    });
  });

  test('no longer than until his line ends, or is struck', () => {
    expect(seen(registerOf([march, 'acme', ['web1'], may]), 'acme')).toEqual({});
    const struck = registerOf([march, 'acme', ['web1']]);
    struck.take({ receivedAt: april, act: { act: 'strike', of: 'acme' } });
    expect(seen(struck, 'acme')).toEqual({});
  });
});
