/** How sure a tag must be to be shown, with a live count of what another value would change. */
import { useEffect, useRef, useState } from 'react';
import type { Result, Settings } from '../../common/contract.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { latest } from '../latest.ts';

/** Where the slider stands while the pack's own threshold is used. */
const usual = 0.5;

export function ThresholdField({ settings }: { settings: Settings }) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const [value, setValue] = useState(settings.threshold ?? usual);
  const [isTouched, setIsTouched] = useState(false);
  const [preview, setPreview] = useState<Result<'settings.preview'> | null>(null);
  const asking = useRef(latest());
  useEffect(() => {
    if (!isTouched) return;
    asking.current(async () => {
      setPreview(await album.previewThreshold(value));
    });
  }, [value, isTouched]);
  const isChanged = isTouched && value !== settings.threshold;
  return (
    <div className="threshold">
      <div className="threshold-line">
        <input
          type="range"
          aria-label={words.threshold}
          min={0.05}
          max={0.99}
          step={0.01}
          value={value}
          onChange={(event) => {
            setValue(event.target.valueAsNumber);
            setIsTouched(true);
          }}
        />
        <output className="number">
          {settings.threshold === null && !isTouched ? words.automatic : format.percent(value)}
        </output>
      </div>
      <div className="threshold-line">
        <span className="hint number" role="status">
          {isTouched &&
            (preview
              ? `${words.preview(format.count(language, preview.shownNow), format.count(language, preview.shownThen))} · ${words.previewPhotos(format.count(language, preview.taggedThen))}`
              : words.previewing)}
        </span>
        {settings.threshold !== null && (
          <button
            type="button"
            className="link"
            onClick={() => {
              setIsTouched(false);
              setValue(usual);
              void album.saveSettings({ ...settings, threshold: null });
            }}
          >
            {words.restoreAutomatic}
          </button>
        )}
        <button
          type="button"
          className="button"
          disabled={!isChanged}
          onClick={() => {
            void album.saveSettings({ ...settings, threshold: value });
          }}
        >
          {words.apply}
        </button>
      </div>
    </div>
  );
}
