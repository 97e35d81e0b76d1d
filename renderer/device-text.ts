/** What the model runs on and what limits it there, in words. Pure. */
import type { Status } from '../common/contract.ts';
import { contractTexts, type Language } from '../common/texts.ts';
import { texts } from './texts.ts';

/** `gpu`: the graphics card's own name, where it is known. */
export function deviceText(
  language: Language,
  { name, mostAtOnce }: Pick<Status['device'], 'name' | 'mostAtOnce'>,
  gpu: string | null,
): { name: string; limit: string | null } {
  const { panel: words } = texts[language];
  if (name === null) return { name: words.starting, limit: null };
  const kind = contractTexts[language].devices[name];
  return {
    name: gpu === null || name === 'cpu' ? kind : `${gpu} · ${kind}`,
    limit: mostAtOnce === null ? null : words.mostAtOnce(String(mostAtOnce)),
  };
}
