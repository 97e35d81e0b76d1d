/** One quiet line at the bottom: how far the work is, and the way to the panel. */
import { Activity, Pause, Play } from 'lucide-react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { ahead, standing, unreadOf, type Standing } from '../progress.ts';
import { useStore } from '../store.ts';
import { judge } from '../verdict.ts';
import { IconButton } from './icon-button.tsx';

export function Footer() {
  const texts = useTexts();
  const language = useLanguage();
  const status = useStore((state) => state.status);
  const progress = useStore((state) => state.progress);
  if (!status) return <footer className="footer" />;
  const { progress: words, panel } = texts;
  const way = ahead(progress, status, progress.samples.at(-1)?.atMs ?? 0);
  const isWorking = !status.idle && way !== null && way.total > 0;
  const isPaused = status.paused === 'person';
  const sentences: Record<Standing, string> = {
    paused: words.paused,
    measuring: words.measuring,
    stopped: words.stopped,
    working: words.working(
      format.count(language, way?.done ?? 0),
      format.count(language, way?.total ?? 0),
    ),
    scanning: words.scanning,
    none: words.none,
    'nothing-read': words.nothingRead,
    'some-unread': words.someUnread(format.count(language, unreadOf(status))),
    done: words.idle,
  };
  return (
    <footer className="footer">
      <span className="footer-text number">{sentences[standing(status, isWorking)]}</span>
      {isWorking && (
        <>
          <progress className="progress" aria-label={words.label} max={1} value={way.share} />
          {!isPaused && status.photosPerSecond > 0 && (
            <span className="number">
              {words.speed(format.rate(language, status.photosPerSecond))}
            </span>
          )}
          {way.leftMs !== null && (
            <span className="number wide-only">
              {words.left(format.duration(language, way.leftMs))}
            </span>
          )}
        </>
      )}
      {(isWorking || isPaused) && (
        <IconButton
          icon={isPaused ? Play : Pause}
          size={14}
          className="small"
          name={isPaused ? panel.resume : panel.pause}
          onClick={() => {
            void album.setPaused(!isPaused);
          }}
        />
      )}
      <span className="spring" />
      <button type="button" className="link footer-panel" onClick={album.togglePanel}>
        <Activity size={13} strokeWidth={1.75} aria-hidden />
        {texts.verdict[judge(status).code]}
      </button>
    </footer>
  );
}
