/** Short answers to what the person did; they leave by themselves. */
import { CircleAlert, CircleCheck } from 'lucide-react';
import { errorCodes, type ErrorCode } from '../../common/contract.ts';
import { contractTexts } from '../../common/texts.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';

export function Notices() {
  const texts = useTexts();
  const language = useLanguage();
  const notices = useStore((state) => state.notices);
  const words = (detail: string) => {
    const code = errorCodes.find((one): one is ErrorCode => one === detail);
    return code ? contractTexts[language].errors[code] : detail;
  };
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, code, tone, count, detail }) => {
        const Icon = tone === 'good' ? CircleCheck : CircleAlert;
        return (
          <p key={id} data-tone={tone}>
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            {texts.notice[code](format.count(language, count), words(detail))}
          </p>
        );
      })}
    </div>
  );
}
