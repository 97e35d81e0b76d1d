/** How the work is done now and why: what the engine chose, tries, or leaves to the person; and its memory. */
import type { Status } from '../../common/contract.ts';
import { tuningText } from '../../common/tuning-texts.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';

export function TuningLine({ tuning, memoryBytes }: Pick<Status, 'tuning' | 'memoryBytes'>) {
  const { panel: words } = useTexts();
  const { why, setting } = tuningText(useLanguage(), tuning);
  return (
    <p className="tuning" data-phase={tuning.phase} data-testid="tuning">
      {why}
      <small className="number">
        {setting} · {words.memory} <span className="unbroken">{format.bytes(memoryBytes)}</span>
      </small>
    </p>
  );
}
