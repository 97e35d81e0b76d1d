/** Keeps the page's language and theme as the person prefers them, and tells charts when colours change. */
import { getState, subscribe } from './store.ts';

const darkSystem = matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  const { theme } = getState().preferences;
  return theme === 'dark' || (theme === 'system' && darkSystem.matches);
}

export function watchAppearance(): void {
  const apply = () => {
    const page = document.documentElement;
    const { language } = getState().preferences;
    page.lang = language === 'zh' ? 'zh-CN' : 'en';
    page.dataset['theme'] = isDark() ? 'dark' : 'light';
  };
  apply();
  subscribe(apply);
  darkSystem.addEventListener('change', apply);
}
