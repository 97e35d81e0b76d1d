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

/** Where the classifier sees an animal, a face must be this sure: dogs reach 0.86, people with pets go beyond. */
const besideAnimals = { animal: 0.5, face: 0.87 };

/** The answers of all packs on one photo, put in agreement: an animal's face is not a person's. */
export function agreed(answers: readonly Answer[]): Answer[] {
  const animal = Math.max(0, ...answers.map(({ scores }) => scores.get('动物') ?? 0));
  if (animal < besideAnimals.animal) return [...answers];
  return answers.map((answer) => {
    if (!answer.faces) return answer;
    const faces = answer.faces.filter(({ score }) => score >= besideAnimals.face);
    return { scores: peopleScores(faces), faces };
  });
}
