import type { Directive } from '../discovery/nginx-syntax.ts';
import { sectionsFor, type ApacheRequest, type Section } from './apache-sections.ts';
import { fileOf, patternOf, type Does } from './scripts.ts';

/** Names of handlers and types that run a file: mod_php, PHP-FPM and other gateways, CGI, LiteSpeed's. */
const scriptHandler = /x-httpd-|^php\d*-script|fcgi:|fcgid-script|^cgi-script|lsphp|^proxy:unix:.*\bfcgi\b/i;

interface State {
  readonly handler: { readonly name: string; readonly where: string } | undefined;
  /** Handlers and types by ending, without the dot. */
  readonly endings: ReadonlyMap<string, { readonly name: string; readonly where: string }>;
  readonly denied: string | undefined;
  readonly engineOff: string | undefined;
}

/**
 * What Apache does with a request for a file that is there: by handlers (SetHandler, AddHandler, AddType), by what is handed
 * to a gateway before any file is looked for (ProxyPass, ProxyPassMatch), and by who may have it (Require, Deny).
 */
export function apacheDoes(request: ApacheRequest): Does {
  const { byFile, byLocation, conditions } = sectionsFor(request);
  const proxied = proxyFor(request);
  // What is handed on never comes to a folder: its sections protect nothing then.
  const sections = [...(proxied === undefined ? byFile : []), ...byLocation];
  const decide = (holding: readonly Section[]): Does => decideBy(holding, request.file, proxied, conditions);
  const whole = decide(sections);
  if (sections.every(({ isSure }) => isSure)) return whole;
  const sure = decide(sections.filter(({ isSure }) => isSure));
  if (whole.does === sure.does || whole.does === 'executes') return whole;
  return sure.does === 'executes' ? sure : { does: 'unclear', by: 'a pattern that is not understood' };
}

function decideBy(sections: readonly Section[], file: string, proxied: Does | undefined, conditions: boolean): Does {
  let state: State = { handler: undefined, endings: new Map(), denied: undefined, engineOff: undefined };
  for (const section of sections) state = apply(state, section, file);
  if (state.denied !== undefined) return { does: 'refuses', by: state.denied };
  if (proxied !== undefined) return proxied;
  if (conditions) return { does: 'unclear', by: 'a condition (If) that is decided for each request' };
  return handlerDoes(state, file);
}

function handlerDoes({ handler, endings, engineOff }: State, file: string): Does {
  const found = handler ?? endingFor(endings, file);
  if (found === undefined) return { does: 'static', by: 'no handler' };
  const { name, where } = found;
  const by = `${name} by ${where}`.slice(0, 500);
  if (name === 'default-handler') return { does: 'static', by };
  if (!scriptHandler.test(name)) return handler === undefined ? { does: 'static', by } : { does: 'unclear', by };
  // The switch is mod_php's own; PHP-FPM never hears of it.
  const isModPhp = /^application\/x-httpd-php|^php\d*-script/.test(name);
  return isModPhp && engineOff !== undefined ? { does: 'static', by: engineOff } : { does: 'executes', by };
}

/** mod_mime looks at every ending of a name, wherever it stands: `x.php.jpg` is a script where `.php` has a handler. */
function endingFor(endings: State['endings'], file: string): { name: string; where: string } | undefined {
  const words = fileOf(file).split('.').slice(1);
  const found = words.flatMap((word) => endings.get(word.toLowerCase()) ?? []);
  return found.find(({ name }) => scriptHandler.test(name)) ?? found[0];
}

function apply(state: State, { where, directives }: Section, file: string): State {
  let next = state;
  const access = accessIn(directives);
  if (access !== undefined) next = { ...next, denied: access ? undefined : where };
  for (const [index, { name, args }] of directives.entries()) {
    const [first = '', ...rest] = args;
    if (name === 'sethandler' || name === 'forcetype') {
      const isNone = first.toLowerCase() === 'none';
      if (name === 'sethandler' || scriptHandler.test(first)) {
        next = { ...next, handler: isNone ? undefined : { name: first, where } };
      }
    } else if (name === 'addhandler' || name === 'addtype') {
      next = {
        ...next,
        endings: new Map([...next.endings, ...rest.map((word) => [ending(word), { name: first, where }] as const)]),
      };
    } else if (name === 'removehandler' || name === 'removetype') {
      const removed = new Set(args.map(ending));
      next = { ...next, endings: new Map([...next.endings].filter(([word]) => !removed.has(word))) };
    } else if (/^php_(?:admin_)?(?:flag|value)$/.test(name) && first.toLowerCase() === 'engine') {
      const isOff = /^(?:off|0|false|no)$/i.test(rest[0] ?? '');
      next = { ...next, engineOff: isOff ? `${name} engine off by ${where}` : undefined };
    } else if (name === 'rewriterule' && forbids(directives, index, file)) {
      next = { ...next, denied: `RewriteRule by ${where}` };
    }
  }
  return next;
}

function ending(word: string): string {
  return word.replace(/^\./, '').toLowerCase();
}

/** Whether a section lets visitors in; undefined where it says nothing. Whom it lets in does not matter: some are enough. */
function accessIn(directives: readonly Directive[]): boolean | undefined {
  const required = directives.filter(({ name }) => name === 'require' || /^require(?:all|any|none)$/.test(name));
  if (required.length > 0) {
    return !required.every(({ name, args }) => name === 'require' && args.join(' ').toLowerCase() === 'all denied');
  }
  const isFromAll = ({ args }: Directive): boolean => args.join(' ').toLowerCase() === 'from all';
  if (directives.some((one) => one.name === 'allow')) return true;
  return directives.some((one) => one.name === 'deny' && isFromAll(one)) ? false : undefined;
}

/** `RewriteRule \.php$ - [F]`, switched on, and without a condition before it. */
function forbids(directives: readonly Directive[], index: number, file: string): boolean {
  const { args } = directives[index] ?? { args: [] };
  const [source = '', , flags = ''] = args;
  const isOn = directives.some(({ name, args: [value] }) => name === 'rewriteengine' && value?.toLowerCase() === 'on');
  const isConditional = directives[index - 1]?.name === 'rewritecond';
  if (!isOn || isConditional || !/^\[(?:[^\]]*,)?F(?:,[^\]]*)?\]$/.test(flags)) return false;
  return patternOf(source, /\bNC\b/.test(flags) ? 'i' : '')?.test(file) === true;
}

/** The first that matches counts, of the virtual host and then of the main server; `!` leaves a path out (mod_proxy). */
function proxyFor({ host, main, path }: ApacheRequest): Does | undefined {
  for (const { name, args } of [...host, ...main]) {
    if (name !== 'proxypass' && name !== 'proxypassmatch') continue;
    const [source = '', target = ''] = args;
    const pattern = name === 'proxypass' ? undefined : patternOf(source);
    const matches = name === 'proxypass' ? path.startsWith(source) : pattern?.test(path) !== false;
    if (!matches) continue;
    const isUnknown = name === 'proxypassmatch' && pattern === undefined;
    if (target === '!' && !isUnknown) return undefined;
    const by = `${name === 'proxypass' ? 'ProxyPass' : 'ProxyPassMatch'} ${source}`.slice(0, 500);
    if (isUnknown) return { does: 'unclear', by };
    return /fcgi:|scgi:|uwsgi:/.test(target) ? { does: 'executes', by } : { does: 'passed-on', by };
  }
  return undefined;
}
