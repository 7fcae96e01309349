import { describe, expect, test } from 'vitest';
import { apacheDoes } from '../../../../agent/collect/http-restriction/apache-scripts.ts';
import { nginxDoes, nginxPathOf } from '../../../../agent/collect/http-restriction/nginx-scripts.ts';
import { parseNginx, type Directive } from '../../../../agent/collect/discovery/nginx-syntax.ts';
import { parseHtaccess } from '../../../../agent/collect/web-config/apache-tree.ts';

const modules = new Set(['php_module', 'security2_module']);

function apache(text: string, file = 'x.php'): string {
  const host = parseHtaccess(text, { directives: [], modules, usesMacros: false }) ?? [];
  const folder = '/var/www/up';
  return apacheDoes({ main: [], host, folder, file, path: `/up/${file}`, htaccess: new Map() }).does;
}

const inFolder = (text: string): string => `<Directory /var/www/up>\n${text}\n</Directory>`;
const modPhp = '<FilesMatch "\\.php$">\nSetHandler application/x-httpd-php\n</FilesMatch>';
const fpm = '<FilesMatch "\\.php$">\nSetHandler "proxy:unix:/run/php.sock|fcgi://localhost"\n</FilesMatch>';

// What mod_php does has no server in the tests: Debian's excludes the threads that the others use.
describe('Apache', () => {
  test.each<[string, string, string]>([
    ['mod_php', modPhp, 'executes'],
    ['mod_php, switched off for the folder', `${modPhp}\n${inFolder('php_admin_flag engine off')}`, 'static'],
    [
      'mod_php, switched off in a module that is there',
      `${modPhp}\n${inFolder('<IfModule mod_php.c>\nphp_flag engine 0\n</IfModule>')}`,
      'static',
    ],
    [
      'mod_php, switched off in a module that is not',
      `${modPhp}\n${inFolder('<IfModule mod_php7.c>\nphp_flag engine off\n</IfModule>')}`,
      'executes',
    ],
    ['PHP-FPM, beside the switch of mod_php', `${fpm}\n${inFolder('php_admin_flag engine off')}`, 'executes'],
    ['a type for an ending', 'AddType application/x-httpd-php .php', 'executes'],
    ['a rule that forbids', `${fpm}\n${inFolder('RewriteEngine On\nRewriteRule \\.php$ - [F,L]')}`, 'refuses'],
    ['a rule that forbids, not switched on', `${fpm}\n${inFolder('RewriteRule \\.php$ - [F]')}`, 'executes'],
    [
      'a rule that forbids under a condition',
      `${fpm}\n${inFolder('RewriteEngine On\nRewriteCond %{REMOTE_ADDR} ^10\nRewriteRule \\.php$ - [F]')}`,
      'executes',
    ],
    ['access as it was written before', `${fpm}\n${inFolder('Order deny,allow\nDeny from all')}`, 'refuses'],
    ['access for some', `${fpm}\n${inFolder('Require ip 10.0.0.0/8')}`, 'executes'],
    [
      'a condition for each request',
      `<If "-f %{REQUEST_FILENAME}">\nSetHandler application/x-httpd-php\n</If>`,
      'unclear',
    ],
    [
      'a pattern that JavaScript does not know',
      '<FilesMatch "(?<!x)\\.(?>php)$">\nSetHandler application/x-httpd-php\n</FilesMatch>',
      'executes',
    ],
    [
      'a folder by a pattern',
      `${fpm}\n<DirectoryMatch "/up">\n<Files "*.php">\nRequire all denied\n</Files>\n</DirectoryMatch>`,
      'refuses',
    ],
    ['another handler', 'SetHandler server-status', 'unclear'],
    ['nothing', '', 'static'],
  ])('with %s', (_what, text, does) => {
    expect(apache(text)).toBe(does);
  });

  test('takes an ending anywhere in a name for a script', () => {
    expect(apache('AddHandler application/x-httpd-php .php', 'x.php.jpg')).toBe('executes');
    expect(apache(fpm, 'x.php.jpg')).toBe('static');
  });
});

function nginx(text: string, path = '/up/x.php'): string {
  const [block] = parseNginx(`server { ${text} }`);
  return nginxDoes(block?.block ?? [], path).does;
}

describe('nginx', () => {
  test.each<[string, string, string]>([
    ['another gateway', 'location / { uwsgi_pass unix:/run/x; }', 'executes'],
    ['a proxy', 'location / { proxy_pass http://127.0.0.1:8080; }', 'passed-on'],
    ['Lua', 'location / { content_by_lua_file /x.lua; }', 'unclear'],
    ['a rewrite that matches', 'rewrite ^/up/(.*)$ /run/$1; location / { }', 'unclear'],
    ['a rewrite that does not', 'rewrite ^/other/ /run/; location / { }', 'static'],
    ['a condition that passes on', 'location / { if ($http_x) { fastcgi_pass unix:/run/x; } }', 'unclear'],
    ['a condition that refuses', 'location / { if ($http_x) { return 403; } }', 'static'],
    [
      'an exact location',
      'location = /up/x.php { return 403; } location ~ \\.php$ { fastcgi_pass unix:/run/x; }',
      'refuses',
    ],
    ['a location inside', 'location /up/ { internal; } ', 'refuses'],
    ['a pattern that JavaScript does not know', 'location ~ (?>\\.php)$ { deny all; }', 'unclear'],
    ['capitals', 'location ~* \\.PHP$ { fastcgi_pass unix:/run/x; }', 'executes'],
    ['access for some before all are denied', 'location / { allow 10.0.0.0/8; deny all; }', 'refuses'],
  ])('with %s', (_what, text, does) => {
    expect(nginx(text)).toBe(does);
  });

  test('finds a folder by root and by alias', () => {
    const server = (text: string): readonly Directive[] => parseNginx(`server { ${text} }`)[0]?.block ?? [];
    expect(nginxPathOf([], server('root /var/www;'), '/var/www/up')).toBe('/up');
    expect(nginxPathOf(server('root /var/www;'), [], '/var/www/up')).toBe('/up');
    expect(nginxPathOf([], server('root /var/www; location /files/ { alias /srv/up/; }'), '/srv/up/2026')).toBe(
      '/files/2026',
    );
    expect(nginxPathOf([], server('root /var/www;'), '/var/www2/up')).toBeUndefined();
  });
});
