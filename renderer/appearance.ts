/** Keeps the page's language and theme as the person prefers them, and tells charts when colours change. */
import { getState, subscribe } from './store.ts';

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  const { theme } = getState().preferences;
  return theme === 'dark' || (theme === 'system' && darkSystem.matches);
}

/** Listens to whatever may change between light and dark. */
export function onAppearance(listener: () => void): () => void {
  const leave = subscribe(listener);
  darkSystem.addEventListener('change', listener);
  return () => {
    leave();
    darkSystem.removeEventListener('change', listener);
  };
}

export function watchAppearance(): void {
  const apply = () => {
    const page = document.documentElement;
    const { language } = getState().preferences;
    const lang = language === 'zh' ? 'zh-CN' : 'en';
    const theme = isDark() ? 'dark' : 'light';
    // Even the same language, said again, has every element's style made anew.
    if (page.lang !== lang) page.lang = lang;
    if (page.dataset['theme'] !== theme) page.dataset['theme'] = theme;
  };
  apply();
  onAppearance(apply);
}
