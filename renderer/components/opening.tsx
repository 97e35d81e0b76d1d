/** Before the library answers: said only when it takes a moment. */
import { LoaderCircle } from 'lucide-react';
import { useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';

export function Opening() {
  const { grid: words } = useTexts();
  const hasFailed = useStore(({ shell }) => shell?.engine === 'failed');
  return (
    <main className="empty">
      {!hasFailed && (
        <p className="opening">
          <LoaderCircle size={18} strokeWidth={1.75} aria-hidden className="spin" />
          {words.loading}
        </p>
      )}
    </main>
  );
}
