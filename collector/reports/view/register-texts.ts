import type { Language } from '../../../policies/schema.ts';

/** What reports say of registers; a language that lacks a text does not compile. */
interface RegisterTexts {
  readonly title: string;
  readonly note: string;
  readonly none: string;
  readonly register: string;
  readonly line: string;
  readonly said: string;
  readonly noEnd: string;
}

export const registerTexts: Readonly<Record<Language, RegisterTexts>> = {
  en: {
    title: 'Registers',
    note: 'Whom and what the organisation answers for: lines that held in the period, as they stood when it ended. Names lie beside the log.',
    none: 'The registers hold nothing of this period.',
    register: 'Register',
    line: 'Line',
    said: 'What it says',
    noEnd: 'no end',
  },
  nl: {
    title: 'Registers',
    note: 'Voor wie en wat de organisatie instaat: regels die in de periode golden, zoals ze aan het einde luidden. Namen liggen naast het log.',
    none: 'In de registers staat niets over deze periode.',
    register: 'Register',
    line: 'Regel',
    said: 'Wat er staat',
    noEnd: 'geen einde',
  },
};
