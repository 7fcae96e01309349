import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Plugin, Site } from './facts.ts';
import { because } from './reasons.ts';
import { isUnfinished } from './version.ts';

/** Judges whether every plug-in of others is marked stable. */
export function judgePlugins({ site, product, plugins }: Site): Reason[] {
  if (plugins.state === 'unreadable') return [obstacleReason(plugins.obstacle, site)];
  const own = plugins.value.filter((plugin) => plugin.own).length;
  const others = plugins.value.filter((plugin) => !plugin.own);
  const broken = others.flatMap((plugin) => judgePlugin(plugin, product, site));
  const summary =
    others.length === 0
      ? because('cms.plugins-none', {}, site)
      : because('cms.plugins-stable', { plugins: others.length }, site);
  return [
    ...(broken.length > 0 ? broken : [summary]),
    ...(own > 0 ? [because('cms.plugins-own', { plugins: own }, site)] : []),
  ];
}

/** Nothing where it is stable. Only TYPO3 has a word for it; elsewhere the version tells what is no finished release. */
function judgePlugin({ name: plugin, composer, marks }: Plugin, product: Site['product'], site: string): Reason[] {
  if (marks.state === 'unreadable') return [obstacleReason(marks.obstacle, site)];
  const { version, state } = marks.value;
  if (state !== null && state !== 'stable') {
    return [because('cms.plugin-state', { plugin, version: version ?? '', state }, site)];
  }
  if (version !== null && isUnfinished(version)) {
    return [because('cms.plugin-unfinished', { plugin, version }, site)];
  }
  const isRelease = version !== null && /^v?\d/.test(version);
  const isMarked = product === 'typo3' && !composer ? state === 'stable' : state === 'stable' || isRelease;
  return isMarked ? [] : [because('cms.plugin-unmarked', { plugin }, site)];
}
