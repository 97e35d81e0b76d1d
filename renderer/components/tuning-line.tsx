/** How the work is done now and why: what the engine chose, tries, or leaves to the person. */
import type { Status } from '../../common/contract.ts';
import { tuningText } from '../../common/tuning-texts.ts';
import { useLanguage } from '../hooks.ts';

export function TuningLine({ tuning }: Pick<Status, 'tuning'>) {
  const { why, setting } = tuningText(useLanguage(), tuning);
  return (
    <p className="tuning" data-phase={tuning.phase} data-testid="tuning">
      {why}
      <small className="number">{setting}</small>
    </p>
  );
}
