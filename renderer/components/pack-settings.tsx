/** Settings of the models: which of them judge the photos, a new one from a file, one less. */
import { Import } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ContractError, type PackReport, type PackSummary } from '../../common/contract.ts';
import { errorText } from '../../common/texts.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { importPack, listPacks, removePack, choosePacks } from '../packs.ts';
import { PackRow } from './pack-row.tsx';
import { Part } from './part.tsx';

/** What can be the main model before what only works beside one. */
function inOrder(packs: readonly PackSummary[]): PackSummary[] {
  return packs.toSorted((a, b) => Number(b.labels > 0) - Number(a.labels > 0));
}

export function PackSettings() {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const [packs, setPacks] = useState<readonly PackSummary[]>([]);
  const [busy, setBusy] = useState<'import' | 'use' | null>(null);
  const [report, setReport] = useState<PackReport | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  const act = async (kind: typeof busy, job: () => Promise<unknown>) => {
    setBusy(kind);
    setRefusal(null);
    setReport(null);
    try {
      await job();
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      setRefusal(errorText(language, error));
    } finally {
      setPacks(await listPacks().catch(() => packs));
      setBusy(null);
    }
  };
  useEffect(() => {
    listPacks().then(setPacks, () => undefined);
  }, []);

  const main = packs.find(({ use }) => use === 'main')?.name ?? '';
  const extra = packs.filter(({ use }) => use === 'extra').map(({ name }) => name);
  return (
    <Part title={words.model} hint={words.modelHint}>
      <ul className="packs" aria-label={words.model} aria-busy={busy !== null}>
        {inOrder(packs).map((pack) => (
          <PackRow
            key={pack.name}
            pack={pack}
            isBusy={busy !== null}
            onMain={() => {
              void act('use', () =>
                choosePacks(
                  pack.name,
                  extra.filter((name) => name !== pack.name),
                ),
              );
            }}
            onExtra={(isExtra) => {
              const others = extra.filter((name) => name !== pack.name);
              void act('use', () => choosePacks(main, isExtra ? [...others, pack.name] : others));
            }}
            onRemove={() => {
              void act(null, () => removePack(pack.name));
            }}
          />
        ))}
      </ul>
      <div className="setting-line">
        <button
          type="button"
          className="button"
          disabled={busy !== null}
          onClick={() => {
            void act('import', async () => {
              setReport(await importPack());
            });
          }}
        >
          <Import size={15} strokeWidth={1.75} aria-hidden />
          {words.modelImport}
        </button>
        <span className="hint" role="status">
          {busy === 'import' && words.modelImporting}
          {busy === 'use' && words.modelTrying}
        </span>
      </div>
      {refusal !== null && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {report && (
        <div className="pack-report" role="status">
          <p>{words.modelImported(report.name, format.count(language, report.labels))}</p>
          {report.batch !== null && <p className="hint">{words.modelFixedBatch}</p>}
          {report.guessed.length > 0 && (
            <p className="hint">
              {words.modelGuessed(
                report.guessed
                  .map((part) => words.guesses[part] ?? part)
                  .join(language === 'zh' ? '、' : ', '),
              )}
            </p>
          )}
          <ul className="hint">
            {report.trial.pictures.map(({ name, labels: [first] }) => (
              <li key={name}>
                {words.modelTried(
                  name,
                  first ? `${first.name} ${format.percent(first.score)}` : '–',
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Part>
  );
}
