import { isOlder } from '../moments.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { judgeCore, judgeList, productNames } from './cms/core.ts';
import { CmsFacts, type Product, type Site } from './cms/facts.ts';
import { CmsParameters } from './cms/parameters.ts';
import { judgePlugins } from './cms/plugins.ts';
import { because, reasons } from './cms/reasons.ts';
import { branchOf } from './cms/version.ts';
import { judgeCoreWindow } from './cms/window.ts';
import { defineCheckKind } from './kind.ts';

/** Content management systems in the sites of a host: TYPO3, WordPress, Drupal and Joomla. */
export const cms = defineCheckKind({
  name: 'cms',
  parameters: CmsParameters,
  facts: CmsFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    const sites = facts.sites.filter(({ product }) => parameters.products?.includes(product) !== false);
    return [
      ...judgeSearch(facts.search),
      ...(sites.length === 0 ? [nothingFound(facts.search)] : judgeSites(sites, facts, parameters, at)),
    ];
  },
});

/** Whether every site was found that there is. */
function judgeSearch({ unread, cut }: CmsFacts['search']): Reason[] {
  return [
    ...unread.map(({ where, obstacle }) => obstacleReason(obstacle, where)),
    ...(cut ? [because('cms.search-cut', {})] : []),
  ];
}

function nothingFound({ folders, declared }: CmsFacts['search']): Reason {
  return folders === 0 && !declared ? because('cms.nowhere', {}) : because('cms.none', { folders });
}

function judgeSites(sites: readonly Site[], facts: CmsFacts, parameters: CmsParameters, at: Date): Reason[] {
  switch (parameters.demand) {
    case 'current':
      return sites.flatMap((site) => judgeCore(site, facts, parameters, at));
    case 'look':
      return judgeLooking(sites, facts, parameters.every, at);
    case 'stable-plugins':
      return sites.flatMap(judgePlugins);
    case 'window':
      return sites.map((site) => judgeCoreWindow(site, parameters.window, at));
  }
}

/** Judges whether somebody looks for releases of every branch that is installed. */
function judgeLooking(sites: readonly Site[], { releases }: CmsFacts, maximum: number, at: Date): Reason[] {
  const list = judgeList(releases, at);
  if ('code' in list) return [list];
  const { dated, branches } = list;
  const found = Map.groupBy(sites, ({ product }) => product);
  return [...found].flatMap(([kind, own]): Reason[] => {
    const product = productNames[kind];
    const missing = branchesOf(kind, own).filter(
      (branch) => !branches.some((one) => one.product === kind && one.branch === branch),
    );
    if (missing.length > 0) return missing.map((branch) => because('cms.branch-unlisted', { product, branch, dated }));
    return [because(isOlder(dated, maximum, at) ? 'cms.looked-long-ago' : 'cms.looked', { product, dated, maximum })];
  });
}

function branchesOf(product: Product, sites: readonly Site[]): string[] {
  const branches = sites.flatMap(({ core }) =>
    core.state === 'read' ? core.value.versions.flatMap(({ version }) => branchOf(product, version) ?? []) : [],
  );
  return [...new Set(branches)].sort();
}
