/** Which model judges the photos; shown only where there is a choice. */
import { useEffect, useState } from 'react';
import type { Result } from '../../common/contract.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { Part } from './part.tsx';

type Pack = Result<'packs.list'>['packs'][number];

export function PackChoice() {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const [packs, setPacks] = useState<readonly Pack[]>([]);
  const load = async () => {
    // A pack without labels (faces) works beside any of them: it is no choice.
    setPacks((await album.listPacks()).filter(({ labels }) => labels > 0));
  };
  useEffect(() => {
    void load();
  }, []);
  if (packs.length < 2) return null;
  return (
    <Part title={words.model} hint={words.modelHint}>
      <div role="radiogroup" aria-label={words.model}>
        {packs.map((pack) => {
          const title = pack.title?.[language] ?? pack.name;
          return (
            <label key={pack.name} className="pack">
              <input
                type="radio"
                name="pack"
                aria-label={words.modelUse(title)}
                checked={pack.use === 'main'}
                disabled={pack.problem !== null}
                onChange={() => {
                  void album.usePack(pack.name).then(load);
                }}
              />
              <span>{title}</span>
              <small className="number">
                {pack.problem ??
                  words.modelFigures(format.count(language, pack.labels), format.bytes(pack.bytes))}
              </small>
            </label>
          );
        })}
      </div>
    </Part>
  );
}
