/** Where the library lies, which versions run, and whose work is inside. */
import type { Info } from '../../common/contract.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';
import { Field, Part } from './part.tsx';

/** Filled in when the window is built. */
declare const LICENCES: readonly { name: string; version: string; licence: string }[];

export function About({ info }: { info: Info | null }) {
  const { settings: words, app } = useTexts();
  const language = useLanguage();
  const shell = useStore((state) => state.shell);
  return (
    <>
      <Part title={words.library}>
        <Field label={words.libraryPlace}>
          <bdi className="path">{shell?.library}</bdi>
          {info && (
            <small className="number">
              {words.libraryFigures(
                format.count(language, info.library.photos),
                format.bytes(info.library.catalogBytes),
              )}
            </small>
          )}
        </Field>
      </Part>
      <Part title={words.about}>
        <Field label={app}>{shell && `${words.version} ${shell.version}`}</Field>
        <Field label={words.pack}>
          {info
            ? words.packFigures(
                info.pack.name,
                info.pack.version,
                format.count(language, info.pack.labels),
              )
            : words.loading}
        </Field>
        <Field label={words.components}>
          <span className="versions number">
            {shell && `Electron ${shell.electron} · Chromium ${shell.chromium}`}
            {info &&
              Object.entries(info.versions).map(([name, version]) => ` · ${name} ${version}`)}
          </span>
        </Field>
        <details className="licences">
          <summary>{words.licences}</summary>
          <ul>
            {LICENCES.map(({ name, version, licence }) => (
              <li key={`${name}@${version}`}>
                <span>
                  {name} <small className="number">{version}</small>
                </span>
                <span>{licence}</span>
              </li>
            ))}
          </ul>
        </details>
      </Part>
    </>
  );
}
