/** What the demo company does with models, and how often. A new kind of task is a file in `scenarios/` and a row here. */
import type { Random } from './random.ts';
import { catalogTranslation } from './scenarios/catalogTranslation.ts';
import { codeReview } from './scenarios/codeReview.ts';
import { invoiceExtraction } from './scenarios/invoiceExtraction.ts';
import { knowledgeSearch } from './scenarios/knowledgeSearch.ts';
import { reportSummary } from './scenarios/reportSummary.ts';
import { restockAgent } from './scenarios/restockAgent.ts';
import { reviewTriage } from './scenarios/reviewTriage.ts';
import { staffAssistant } from './scenarios/staffAssistant.ts';
import { supportChat } from './scenarios/supportChat.ts';
import type { Scenario } from './traceBuilder.ts';

interface ScenarioRow {
  readonly scenario: Scenario;
  /** Tasks, not calls: an agent makes several calls in one task. */
  readonly workday: number;
  readonly weekend: number;
}

export const SCENARIOS: readonly ScenarioRow[] = [
  { scenario: supportChat, workday: 24, weekend: 30 },
  { scenario: reviewTriage, workday: 20, weekend: 24 },
  { scenario: knowledgeSearch, workday: 16, weekend: 14 },
  { scenario: catalogTranslation, workday: 16, weekend: 6 },
  { scenario: invoiceExtraction, workday: 12, weekend: 2 },
  { scenario: reportSummary, workday: 10, weekend: 2 },
  { scenario: staffAssistant, workday: 10, weekend: 2 },
  { scenario: codeReview, workday: 5, weekend: 1 },
  { scenario: restockAgent, workday: 4, weekend: 1 },
];

/** Takes the place of a task that is too long for the rest of a day: one call, always. */
export const singleCallScenario: Scenario = reviewTriage;

export function pickScenario(random: Random, onWeekend: boolean): Scenario {
  return random.weighted(SCENARIOS.map((row) => [row.scenario, onWeekend ? row.weekend : row.workday] as const));
}
