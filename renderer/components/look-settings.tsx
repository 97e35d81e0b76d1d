/** Settings of how the window looks: language and theme. */
import { languages } from '../../common/texts.ts';
import * as album from '../album.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { themes } from '../preferences.ts';
import { useStore } from '../store.ts';
import { Field, Part } from './part.tsx';

const languageNames = { zh: '简体中文', en: 'English' };

export function LookSettings() {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const { theme } = useStore((state) => state.preferences);
  return (
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
  );
}
