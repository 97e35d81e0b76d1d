/** What the person must know now, one line under the bar: the engine, the disk, the model, folders away. */
import { CircleAlert, LoaderCircle, Unplug, X, type LucideIcon } from 'lucide-react';
import { contractTexts, type Language } from '../../common/texts.ts';
import { useState } from 'react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import type { State } from '../state.ts';
import { useStore } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import type { Texts } from '../texts.ts';

type Kind =
  | 'restarting'
  | 'failed'
  | 'diskFull'
  | 'noModel'
  | 'restored'
  | 'begunAnew'
  | 'offline'
  | 'unwatched'
  | 'damagedPack';

/** All there is to say, the gravest first. */
function kindsOf({ shell, status, folders }: State): Kind[] {
  const said: [Kind, boolean | undefined][] = [
    ['failed', shell?.engine === 'failed'],
    ['restarting', shell?.engine === 'restarting'],
    ['diskFull', status?.paused === 'disk-full'],
    ['noModel', status?.paused === 'model'],
    ['restored', status?.restored ? status.restored.takenMs !== null : false],
    ['begunAnew', status?.restored ? status.restored.takenMs === null : false],
    ['offline', folders?.some(({ online }) => !online)],
    ['damagedPack', (status?.damagedPacks.length ?? 0) > 0],
    ['unwatched', (status?.unwatched ?? 0) > 0],
  ];
  return said.filter(([, holds]) => holds).map(([kind]) => kind);
}

const icons: Record<Kind, LucideIcon> = {
  restarting: LoaderCircle,
  failed: CircleAlert,
  diskFull: CircleAlert,
  noModel: CircleAlert,
  restored: CircleAlert,
  begunAnew: CircleAlert,
  offline: Unplug,
  unwatched: CircleAlert,
  damagedPack: CircleAlert,
};

const readOnce = new Set<Kind>(['restored', 'begunAnew', 'offline', 'unwatched', 'damagedPack']);

export function Banner() {
  const texts = useTexts();
  const language = useLanguage();
  const error = useStore(({ shell }) => shell?.error ?? null);
  // A disk may stay away for weeks: what was read once need not stand there again.
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const sayingOf = (state: State, kind: Kind) => `${kind} ${aboutOf(kind, state, language)}`;
  const kind = useStore(
    (state) => kindsOf(state).find((one) => !read.has(sayingOf(state, one))) ?? null,
  );
  const about = useStore((state) => aboutOf(kind, state, language));
  if (!kind) return null;
  const canBeRead = readOnce.has(kind);
  const isBad = kind === 'failed' || kind === 'diskFull' || kind === 'noModel';
  const Icon = icons[kind];
  return (
    <div
      className="banner"
      role={isBad ? 'alert' : 'status'}
      data-bad={isBad || undefined}
      data-kind={kind}
    >
      <Icon
        size={16}
        strokeWidth={1.75}
        aria-hidden
        className={Icon === LoaderCircle ? 'spin' : ''}
      />
      <span>
        {textOf(kind, texts, about)}
        {kind === 'failed' &&
          error &&
          `${language === 'zh' ? '：' : ': '}${contractTexts[language].errors[error.code]}`}
      </span>
      {kind === 'failed' && (
        <button type="button" className="button" onClick={album.restartEngine}>
          {texts.banner.restart}
        </button>
      )}
      {canBeRead && (
        <>
          <span className="spring" />
          <IconButton
            icon={X}
            size={15}
            className="small"
            name={texts.photo.close}
            onClick={() => {
              setRead(new Set([...read, `${kind} ${about}`]));
            }}
          />
        </>
      )}
    </div>
  );
}

/** What the sentence is about: folders that are away, packs, or the time of a snapshot. */
function aboutOf(kind: Kind | null, { folders, status }: State, language: Language): string {
  const list = (names: readonly string[] = []) => names.join(language === 'zh' ? '、' : ', ');
  switch (kind) {
    case 'offline':
      return list(
        folders?.filter(({ online }) => !online).map(({ path }) => format.folderName(path)),
      );
    case 'damagedPack':
      return list(status?.damagedPacks.map(({ name }) => name));
    case 'restored':
      return format.clock(language, status?.restored?.takenMs ?? 0);
    default:
      return '';
  }
}

function textOf(kind: Kind, { banner }: Texts, about: string): string {
  const text = banner[kind];
  return typeof text === 'string' ? text : text(about);
}
