import type { Language } from '../../../policies/schema.ts';

/** Words that only OSCAL documents have. */
export interface OscalTexts {
  readonly catalog: string;
  readonly components: string;
  readonly results: string;
  readonly plan: string;
  readonly check: (name: string) => string;
  readonly checkDescription: (name: string) => string;
  readonly peopleCheckDescription: string;
  readonly implementation: string;
  readonly requirement: (check: string) => string;
  readonly peopleRequirement: (check: string) => string;
  readonly waarborg: string;
  readonly host: (name: string) => string;
  readonly noPlan: string;
  readonly log: string;
  readonly logDescription: (origin: string, size: string) => string;
  readonly closed: string;
  readonly closedDescription: string;
  readonly waiverEnded: string;
  readonly neverReported: string;
  readonly neverReportedStatement: string;
  readonly neverReportedRemedy: string;
}

export const oscalTexts: Readonly<Record<Language, OscalTexts>> = {
  en: {
    catalog: 'Controls of the policies reported on',
    components: 'Checks by which the controls are shown',
    results: 'Results of continuous assessment',
    plan: 'Controls that were not kept when the period ended',
    check: (name) => `Waarborg check ${name}`,
    checkDescription: (name) =>
      `Reads facts of the kind ${name} on each host, signs them, and judges them by each control's parameters. Anyone who has the facts can judge them again.`,
    peopleCheckDescription:
      "Judges what people wrote into the evidence log, by each control's parameters. Anyone who has the log can judge it again.",
    implementation: 'Each control is judged with the parameters of its policy document.',
    requirement: (check) => `Shown by the check ${check}, on each host that the control applies to.`,
    peopleRequirement: (check) =>
      `Shown by the check ${check}, for the organisation itself: by what people wrote down.`,
    waarborg: 'Agents that read and judge, and the collector that keeps their signed reports.',
    host: (name) => `The host ${name}.`,
    noPlan:
      'There is no assessment plan apart: the policy documents say what is assessed, and these components by which check and with which parameters.',
    log: 'Checkpoint of the evidence log',
    logDescription: (origin, size) =>
      `The signed head of the log ${origin} with ${size} entries. Entries are named by their index; waarborg verify shows that an export of the log holds them under this head.`,
    closed: 'Closed',
    closedDescription: 'When the period ended the control was kept, or was no longer asked.',
    waiverEnded: 'The waiver ran out',
    neverReported: 'Host of which nothing was ever shown',
    neverReportedStatement: 'The host should have reported and no report of it counts: nobody knows how it stands.',
    neverReportedRemedy: 'Enrol the agent and start it, or take the host out of those that are expected.',
  },
  nl: {
    catalog: 'Maatregelen van het beleid waarover gerapporteerd wordt',
    components: 'Controles waarmee de maatregelen worden aangetoond',
    results: 'Uitkomsten van doorlopende toetsing',
    plan: 'Maatregelen die aan het eind van de periode niet werden nagekomen',
    check: (name) => `Waarborg-controle ${name}`,
    checkDescription: (name) =>
      `Leest op elke host feiten van de soort ${name}, ondertekent ze, en beoordeelt ze naar de parameters van elke maatregel. Wie de feiten heeft, kan ze opnieuw beoordelen.`,
    peopleCheckDescription:
      'Beoordeelt wat mensen in het bewijslog hebben geschreven, naar de parameters van elke maatregel. Wie het log heeft, kan het opnieuw beoordelen.',
    implementation: 'Elke maatregel wordt beoordeeld met de parameters uit het beleidsdocument.',
    requirement: (check) => `Aangetoond met de controle ${check}, op elke host waarvoor de maatregel geldt.`,
    peopleRequirement: (check) =>
      `Aangetoond met de controle ${check}, voor de organisatie zelf: met wat mensen hebben opgeschreven.`,
    waarborg: 'Agents die lezen en oordelen, en de collector die hun ondertekende rapporten bewaart.',
    host: (name) => `De host ${name}.`,
    noPlan:
      'Er is geen afzonderlijk toetsingsplan: de beleidsdocumenten zeggen wat getoetst wordt, en deze componenten met welke controle en welke parameters.',
    log: 'Controlepunt van het bewijslog',
    logDescription: (origin, size) =>
      `De ondertekende stand van het log ${origin} met ${size} regels. Regels worden met hun nummer genoemd; waarborg verify toont aan dat een export van het log ze onder deze stand bevat.`,
    closed: 'Gesloten',
    closedDescription: 'Aan het eind van de periode werd de maatregel nagekomen, of niet meer gevraagd.',
    waiverEnded: 'De ontheffing is verlopen',
    neverReported: 'Host waarvan nooit iets is aangetoond',
    neverReportedStatement:
      'De host had moeten rapporteren en geen rapport ervan telt: niemand weet hoe het ermee staat.',
    neverReportedRemedy: 'Meld de agent aan en start hem, of haal de host uit de lijst van verwachte hosts.',
  },
};
