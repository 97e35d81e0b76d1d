/** Settings: how it looks, how it tags, what hardware it uses, and what it is made of. */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { devices } from '../../common/contract.ts';
import { contractTexts, languages } from '../../common/texts.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { themes } from '../preferences.ts';
import { dispatch, useStore } from '../store.ts';
import { About } from './about.tsx';
import { Dialog } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';
import { NumberOrAutomatic } from './number-or-automatic.tsx';
import { PackChoice } from './pack-choice.tsx';
import { Field, Part } from './part.tsx';
import { ThresholdField } from './threshold-field.tsx';

const languageNames = { zh: '简体中文', en: 'English' };

export function SettingsDialog() {
  const isOpen = useStore((state) => state.dialog === 'settings');
  return isOpen ? <Settings /> : null;
}

const gigabyte = 2 ** 30;

/** A choice of round sizes, and the one that is set. */
function capsBytes(set: number | null): number[] {
  const usual = [1, 2, 5, 10, 20, 50].map((n) => n * gigabyte);
  return set === null || usual.includes(set) ? usual : [...usual, set].sort((a, b) => a - b);
}

function Settings() {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const { theme } = useStore((state) => state.preferences);
  const settings = useStore((state) => state.settings);
  const info = useStore((state) => state.info);
  useEffect(() => {
    void album.loadInfo();
  }, []);
  const close = () => {
    dispatch({ type: 'dialog', dialog: null });
  };
  return (
    <Dialog label={words.title} className="settings" testId="settings" onClose={close}>
      <header className="dialog-head">
        <h1>{words.title}</h1>
        <IconButton icon={X} name={words.close} onClick={close} />
      </header>
      <div className="dialog-scroll">
        <Part title={words.look}>
          <Field label={words.language}>
            <div className="segments" role="radiogroup" aria-label={words.language}>
              {languages.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="radio"
                  aria-checked={one === language}
                  lang={one === 'zh' ? 'zh-CN' : 'en'}
                  onClick={() => {
                    album.prefer({ language: one });
                  }}
                >
                  {languageNames[one]}
                </button>
              ))}
            </div>
          </Field>
          <Field label={words.theme}>
            <div className="segments" role="radiogroup" aria-label={words.theme}>
              {themes.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="radio"
                  aria-checked={one === theme}
                  onClick={() => {
                    album.prefer({ theme: one });
                  }}
                >
                  {words.themes[one]}
                </button>
              ))}
            </div>
          </Field>
        </Part>
        {settings && (
          <>
            <PackChoice />
            <Part title={words.tagging} hint={words.thresholdHint}>
              <ThresholdField settings={settings} />
            </Part>
            <Part title={words.work} hint={words.workHint}>
              <Field label={words.device}>
                <select
                  aria-label={words.device}
                  value={settings.device}
                  onChange={(event) => {
                    const device = (['auto', ...devices] as const).find(
                      (one) => one === event.target.value,
                    );
                    if (device) void album.saveSettings({ ...settings, device });
                  }}
                >
                  <option value="auto">{words.automatic}</option>
                  {devices.map((one) => {
                    const known = info?.devices.find(({ device }) => device === one);
                    const isMissing = known?.available === false;
                    return (
                      <option key={one} value={one} disabled={isMissing}>
                        {contractTexts[language].devices[one]}
                        {isMissing && ` · ${words.deviceMissing}`}
                      </option>
                    );
                  })}
                </select>
              </Field>
              <Field label={words.workers}>
                <NumberOrAutomatic
                  label={words.workers}
                  value={settings.decodeWorkers}
                  usual={2}
                  most={64}
                  onChange={(decodeWorkers) => {
                    void album.saveSettings({ ...settings, decodeWorkers });
                  }}
                />
              </Field>
              <Field label={words.batch}>
                <NumberOrAutomatic
                  label={words.batch}
                  value={settings.maxBatch}
                  usual={16}
                  most={256}
                  onChange={(maxBatch) => {
                    void album.saveSettings({ ...settings, maxBatch });
                  }}
                />
              </Field>
              <Field label={words.thumbnails}>
                <select
                  aria-label={words.thumbnails}
                  value={settings.thumbnailCapBytes ?? ''}
                  onChange={(event) => {
                    const { value } = event.target;
                    const thumbnailCapBytes = value === '' ? null : Number(value);
                    void album.saveSettings({ ...settings, thumbnailCapBytes });
                  }}
                >
                  <option value="">{words.automatic}</option>
                  {capsBytes(settings.thumbnailCapBytes).map((cap) => (
                    <option key={cap} value={cap}>
                      {format.bytes(cap)}
                    </option>
                  ))}
                </select>
              </Field>
            </Part>
          </>
        )}
        <About info={info} />
      </div>
    </Dialog>
  );
}
