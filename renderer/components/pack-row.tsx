/** One model in the settings: the main one, an extra one, or not in use. */
import { Trash2 } from 'lucide-react';
import type { PackSummary } from '../../common/contract.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { IconButton } from './icon-button.tsx';

interface Props {
  pack: PackSummary;
  isBusy: boolean;
  onMain: () => void;
  onExtra: (isExtra: boolean) => void;
  onRemove: () => void;
}

export function PackRow({ pack, isBusy, onMain, onExtra, onRemove }: Props) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const title = pack.title?.[language] ?? pack.name;
  const isBroken = pack.problem !== null;
  const figures =
    pack.labels > 0
      ? words.modelFigures(format.count(language, pack.labels), format.bytes(pack.bytes))
      : format.bytes(pack.bytes);
  return (
    <li className="pack">
      <label>
        <input
          type="radio"
          name="pack"
          aria-label={words.modelUse(title)}
          checked={pack.use === 'main'}
          // One without labels looks for faces: it works beside another.
          disabled={isBusy || isBroken || pack.labels === 0}
          onChange={onMain}
        />
        <span>
          <bdi>{title}</bdi>
          <small className="number" title={pack.problem ?? undefined}>
            {isBroken ? words.modelBroken : figures}
          </small>
        </span>
      </label>
      <label className="switch">
        <input
          type="checkbox"
          aria-label={words.modelExtraOf(title)}
          checked={pack.use !== null}
          disabled={isBusy || isBroken || pack.use === 'main'}
          onChange={(event) => {
            onExtra(event.target.checked);
          }}
        />
        {words.modelExtra}
      </label>
      {pack.builtIn ? (
        <span />
      ) : (
        <IconButton
          icon={Trash2}
          size={15}
          className="small"
          name={words.modelRemove(title)}
          disabled={isBusy || pack.use !== null}
          onClick={onRemove}
        />
      )}
    </li>
  );
}
