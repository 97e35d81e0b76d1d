/** The tags that follow from the faces in a photo. Pure. */
import type { Face } from '../../common/contract.ts';
import type { Answer, Scores } from './tags.ts';

/** A face that takes this much of the picture's width or height makes it a close-up. */
const closeUpShare = 0.4;

/** `faces`: those that are believed, best first. */
export function peopleScores(faces: readonly Face[]): Scores {
  const scores: Scores = new Map();
  const [best] = faces;
  const last = faces.at(-1);
  if (!best || !last) return scores;
  scores.set('人物', best.score);
  // As sure as the least sure of the faces that are counted; of a group three are enough.
  if (faces.length === 1) scores.set('单人', best.score);
  else if (faces.length === 2) scores.set('双人', last.score);
  else scores.set('合影', faces[2]?.score ?? last.score);
  const largest = faces.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  if (Math.max(largest.width, largest.height) >= closeUpShare) scores.set('特写', largest.score);
  return scores;
}

/** How sure the best face of a photo must be, by what the classifier sees in it (scores as they are stored). */
const faceBars = { alone: 0.83, withClothes: 0.75, withAnimals: 0.87 };
const clothes = 0.12;
const animals = 0.5;

/**
 * The answers of all packs on one photo, put in agreement: faces are believed sooner where clothes are worn,
 * and each must be a person's where there are animals, whose faces come near.
 */
export function agreed(answers: readonly Answer[]): Answer[] {
  const seen = (tag: string) => Math.max(0, ...answers.map(({ scores }) => scores.get(tag) ?? 0));
  const hasAnimals = seen('动物') >= animals;
  const bar = seen('服装') >= clothes ? faceBars.withClothes : faceBars.alone;
  return answers.map((answer) => {
    if (!answer.faces) return answer;
    const found = answer.faces;
    const sure = found.filter(({ score }) => score >= (hasAnimals ? faceBars.withAnimals : bar));
    const faces = hasAnimals || sure.length === 0 ? sure : found;
    return { scores: peopleScores(faces), faces };
  });
}
