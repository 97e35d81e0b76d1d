/** Settings of how the window looks: language and theme. */
import { languages } from '../../common/texts.ts';
import * as album from '../album.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { themes } from '../preferences.ts';
import { useStore } from '../store.ts';
import { Field, Part } from './part.tsx';
import { Segments } from './segments.tsx';

const languageNames = { zh: '简体中文', en: 'English' };

export function LookSettings() {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const { theme } = useStore((state) => state.preferences);
  return (
    <Part title={words.look}>
      <Field label={words.language}>
        <Segments
          label={words.language}
          choices={languages}
          chosen={language}
          nameOf={(one) => languageNames[one]}
          langOf={(one) => (one === 'zh' ? 'zh-CN' : 'en')}
          onChoose={(one) => {
            album.prefer({ language: one });
          }}
        />
      </Field>
      <Field label={words.theme}>
        <Segments
          label={words.theme}
          choices={themes}
          chosen={theme}
          nameOf={(one) => words.themes[one]}
          onChoose={(one) => {
            album.prefer({ theme: one });
          }}
        />
      </Field>
    </Part>
  );
}
