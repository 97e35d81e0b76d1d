/** What can be wrong with a label file: a sentence in the texts, filled with a fact. */
import type { PackProblem } from '../../common/contract.ts';

export type LabelProblem = Exclude<Extract<PackProblem, `labels-${string}`>, 'labels-count'>;

export class LabelError extends Error {
  readonly problem: LabelProblem;
  readonly fact: string;
  constructor(problem: LabelProblem, fact = '') {
    super(`${problem} ${fact}`.trim());
    this.problem = problem;
    this.fact = fact;
  }
}
