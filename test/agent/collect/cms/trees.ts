import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

/** Writes files below a folder. */
export function plant(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** The file of WordPress 6.1 (wp-includes/version.php) with another version. */
export function wordpress(version: string, plugins: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'index.php': '<?php\n',
    'wp-includes/version.php': `<?php\n/**\n * WordPress Version\n */\n\n/**\n * @global string $wp_version\n */\n$wp_version = '${version}';\n\n$wp_db_version = 53496;\n$required_php_version = '5.6.20';\n`,
    'wp-content/plugins/index.php': '<?php\n// Silence is golden.\n',
    ...Object.fromEntries(
      Object.entries(plugins).map(([name, header]) => [
        `wp-content/plugins/${name}/${name}.php`,
        `<?php\n/**\n * Plugin Name: ${name}\n * Version:     ${header}\n */\n`,
      ]),
    ),
  };
}

/** A Composer project in the form of TYPO3 12 (vendor/composer/installed.json of Composer 2), with public/ as its web folder. */
export function typo3Project(
  version: string,
  extensions: readonly { key: string; version: string; state?: string; local?: boolean }[] = [],
): Record<string, string> {
  const packages = [
    {
      name: 'typo3/cms-core',
      version: `v${version}`,
      type: 'typo3-cms-framework',
      'install-path': '../typo3/cms-core',
    },
    { name: 'symfony/console', version: 'v6.4.1', type: 'library', 'install-path': '../symfony/console' },
    ...extensions.map(({ key, version: own, local }) => ({
      name: `maker/${key.replaceAll('_', '-')}`,
      version: own,
      type: 'typo3-cms-extension',
      dist: { type: local === true ? 'path' : 'zip' },
      'install-path': `../maker/${key}`,
      extra: { 'typo3/cms': { 'extension-key': key } },
    })),
  ];
  return {
    'vendor/composer/installed.json': JSON.stringify({ packages, dev: false, 'dev-package-names': [] }, null, 4),
    'vendor/typo3/cms-core/Classes/Information/Typo3Version.php': typo3Version(version),
    'public/index.php': '<?php\n',
    'public/_assets/.keep': '',
    ...Object.fromEntries(
      extensions.flatMap(({ key, version: own, state }) =>
        state === undefined ? [] : [[`vendor/maker/${key}/ext_emconf.php`, emconf(own, state)]],
      ),
    ),
  };
}

/** The class of TYPO3 11 and 12. */
export function typo3Version(version: string): string {
  return `<?php\n\ndeclare(strict_types=1);\n\nnamespace TYPO3\\CMS\\Core\\Information;\n\nclass Typo3Version\n{\n    protected const VERSION = '${version}';\n    protected const BRANCH = '${version.split('.').slice(0, 2).join('.')}';\n\n    public function getVersion(): string\n    {\n        return static::VERSION;\n    }\n}\n`;
}

export function emconf(version: string, state: string): string {
  return `<?php\n\n$EM_CONF[$_EXTKEY] = [\n    'title' => 'Something',\n    'category' => 'fe',\n    'state' => '${state}',\n    'version' => '${version}',\n    'constraints' => ['depends' => ['typo3' => '11.5.0-12.4.99']],\n];\n`;
}

/** An installation of TYPO3 11 from its package, without Composer: sources in the folder itself. */
export function typo3Classic(
  version: string,
  extensions: Readonly<Record<string, readonly [version: string, state: string]>> = {},
): Record<string, string> {
  return {
    'index.php': '<?php\n',
    'typo3/sysext/core/Classes/Information/Typo3Version.php': typo3Version(version),
    'typo3/sysext/core/ext_emconf.php': emconf(version, 'stable'),
    'typo3conf/LocalConfiguration.php': "<?php\nreturn ['DB' => ['password' => 'planted-database-password']];\n",
    ...Object.fromEntries(
      Object.entries(extensions).map(([key, [own, state]]) => [
        `typo3conf/ext/${key}/ext_emconf.php`,
        emconf(own, state),
      ]),
    ),
  };
}

/** In the form of Drupal 10 (core/lib/Drupal.php), with modules as drupal.org packages them. */
export function drupal(version: string, modules: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'index.php': '<?php\n',
    'core/lib/Drupal.php': `<?php\n\n/**\n * @file\n */\n\nuse Drupal\\Core\\Url;\n\nclass Drupal {\n\n  /**\n   * The current system version.\n   */\n  const VERSION = '${version}';\n\n  const CORE_COMPATIBILITY = '8.x';\n\n  protected static $container;\n\n  public static function request() {\n    return static::getContainer()->get('request_stack')->getCurrentRequest();\n  }\n}\n`,
    ...Object.fromEntries(
      Object.entries(modules).map(([name, own]) => [
        `modules/contrib/${name}/${name}.info.yml`,
        `name: Something\ntype: module\ncore_version_requirement: ^9 || ^10\n\n# Information added by Drupal.org packaging script on 2024-01-01\nversion: '${own}'\nproject: '${name}'\n`,
      ]),
    ),
  };
}

/** In the form of Drupal 7 (includes/bootstrap.inc). */
export function drupal7(version: string): Record<string, string> {
  return {
    'index.php': '<?php\n',
    'misc/jquery.js': '',
    'includes/bootstrap.inc': `<?php\n\n/**\n * The current system version.\n */\ndefine('VERSION', '${version}');\n\ndefine('DRUPAL_CORE_COMPATIBILITY', '7.x');\n\nfunction timer_start($name) {\n  global $timers;\n  $timers[$name]['start'] = microtime(TRUE);\n}\n`,
    'sites/all/modules/views/views.info': 'name = Views\ncore = 7.x\n; added by packaging\nversion = "7.x-3.29"\n',
  };
}

/** In the form of Joomla 5 (libraries/src/Version.php, administrator/manifests/files/joomla.xml). */
export function joomla([major, minor, patch]: readonly [number, number, number], extra = ''): Record<string, string> {
  return {
    'index.php': '<?php\n',
    'libraries/src/Version.php': `<?php\n\nnamespace Joomla\\CMS;\n\nfinal class Version\n{\n    public const PRODUCT = 'Joomla!';\n    public const MAJOR_VERSION = ${major};\n    public const MINOR_VERSION = ${minor};\n    public const PATCH_VERSION = ${patch};\n    public const EXTRA_VERSION = '${extra}';\n    public const RELDATE = '16-April-2024';\n\n    public function getShortVersion()\n    {\n        return self::MAJOR_VERSION . '.' . self::MINOR_VERSION;\n    }\n}\n`,
    'administrator/manifests/files/joomla.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<extension type="file" method="upgrade">\n\t<name>files_joomla</name>\n\t<author>Joomla! Project</author>\n\t<version>${major}.${minor}.${patch}</version>\n</extension>\n`,
    'plugins/system/cache/cache.xml':
      '<?xml version="1.0"?>\n<extension type="plugin" group="system">\n<author>Joomla! Project</author>\n<version>3.0.0</version>\n</extension>\n',
    'plugins/system/akeeba/akeeba.xml':
      '<?xml version="1.0"?>\n<!-- <version>9</version> -->\n<extension type="plugin">\n<author>Somebody</author>\n<version>1.2.3-beta1</version>\n</extension>\n',
  };
}

/** This machine with other accounts and another nginx, which serves what a test says. */
export function machineWith(given: {
  readonly nginx?: string;
  readonly passwd?: string;
  readonly packaged?: Readonly<Record<string, string>>;
}): Host {
  const host = new LocalHost();
  const readText = host.readText.bind(host);
  const files: Readonly<Record<string, string>> = {
    '/etc/passwd': `root:x:0:0::/root:/bin/bash\n${given.passwd ?? ''}`,
    '/etc/group': 'root:x:0:\n',
    ...given.packaged,
  };
  return Object.assign(host, {
    run: ((command) => {
      if (command.file !== 'nginx' || given.nginx === undefined) {
        return Promise.resolve(unreadable('command-missing', command.file));
      }
      const stdout = `# configuration file /etc/nginx/nginx.conf:\n${given.nginx}\n`;
      return Promise.resolve(read({ exitCode: 0, stdout, stderr: '' }));
    }) satisfies Host['run'],
    readText: ((path, options) => {
      const planted = files[path];
      return planted === undefined ? readText(path, options) : Promise.resolve(read(planted));
    }) satisfies Host['readText'],
  });
}
