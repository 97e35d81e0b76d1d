/** The tags that follow from the faces in a photo. Pure. */
import type { Face } from '../../common/contract.ts';
import type { Answer, Scores } from './tags.ts';

/** Of the picture's width or height: what makes a close-up, what can be counted, and what is seen beside it. */
const sides = { closeUp: 0.4, counted: 0.1, beside: 0.07 };
/** How sure the best face of a photo must be, by what the classifier sees in it (scores as they are stored). */
const faceBars = { alone: 0.81, withClothes: 0.75, withAnimals: 0.87 };
const clothes = 0.12;
const animals = 0.5;

const sideOf = ({ width, height }: Face) => Math.max(width, height);

/**
 * `faces`: those that are believed, best first; `doubtful`: the others. One or two are counted only where they
 * are near: behind far faces are more that nobody sees.
 */
export function peopleScores(faces: readonly Face[], doubtful: readonly Face[] = []): Scores {
  const scores: Scores = new Map();
  const [best, second, third] = faces;
  if (!best) return scores;
  scores.set('人物', best.score);
  const areAll =
    faces.every((face) => sideOf(face) >= sides.counted) &&
    doubtful.every((face) => sideOf(face) < sides.beside);
  // As sure as the least sure of the faces that are counted; of a group three are enough.
  if (third) scores.set('合影', third.score);
  else if (second && areAll) scores.set('双人', second.score);
  else if (!second && areAll) scores.set('单人', best.score);
  const largest = faces.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  if (sideOf(largest) >= sides.closeUp) scores.set('特写', largest.score);
  return scores;
}

/**
 * The answers of all packs on one photo, put in agreement: faces are believed sooner where clothes are worn,
 * and each must be a person's where there are animals, whose faces come near.
 */
export function agreed(answers: readonly Answer[]): Answer[] {
  const seen = (tag: string) => Math.max(0, ...answers.map(({ scores }) => scores.get(tag) ?? 0));
  const hasAnimals = seen('动物') >= animals;
  const { alone, withClothes, withAnimals } = faceBars;
  const bar = hasAnimals ? withAnimals : seen('服装') >= clothes ? withClothes : alone;
  return answers.map(({ scores, faces }) => {
    if (!faces) return { scores };
    // Beside a sure face a doubtful one is likely, but for an animal's.
    const isSure = faces.some(({ score }) => score >= bar);
    const least = hasAnimals || !isSure ? bar : withClothes;
    const believed = faces.filter(({ score }) => score >= least);
    const doubtful = faces.filter(({ score }) => score < least);
    return { scores: peopleScores(believed, hasAnimals ? [] : doubtful), faces: believed };
  });
}
