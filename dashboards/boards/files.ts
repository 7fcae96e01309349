import { buildBoard } from '../parts/board.ts';
import { languages } from '../parts/words.ts';
import { boards } from './index.ts';

/** Every dashboard in every language as Grafana's provisioning reads it, by its path from `dashboards/`. */
export const dashboardFiles: Readonly<Record<string, () => string>> = Object.fromEntries(
  languages.flatMap((language) =>
    boards.map((board) => [
      `grafana/${language}/${board.name}.json`,
      () => `${JSON.stringify(buildBoard(board, language), undefined, 2)}\n`,
    ]),
  ),
);
