/** Installing what CUDA needs, offered only where a card and its driver would use it. */
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ContractError, type GpuSupport as Support } from '../../common/contract.ts';
import { errorText } from '../../common/texts.ts';
import * as album from '../album.ts';
import { engine } from '../bridge.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { Field } from './part.tsx';

const pollMs = 1_000;

export function GpuSupport() {
  const { gpuSupport: words } = useTexts();
  const language = useLanguage();
  const [support, setSupport] = useState<Support | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const progress = support?.progress ?? null;

  const ask = () => {
    setAsked((count) => count + 1);
  };
  useEffect(() => {
    let isHere = true;
    void album.quietly(async () => {
      const now = await engine.call('gpu.support', {});
      if (isHere) setSupport(now);
    });
    return () => {
      isHere = false;
    };
  }, [asked]);
  useEffect(() => {
    if (!progress) return;
    const timer = setTimeout(ask, pollMs);
    return () => {
      clearTimeout(timer);
    };
  }, [progress]);

  const act = async (method: 'gpu.install' | 'gpu.cancel' | 'gpu.remove') => {
    setProblem(null);
    try {
      const acting = engine.call(method, {});
      ask();
      await acting;
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      if (error.code !== 'cancelled') setProblem(errorText(language, error));
    } finally {
      ask();
    }
  };

  if (!support || (support.problem && !support.installed)) return null;
  return (
    <Field label={words.title}>
      <div className="gpu-support" data-testid="gpu-support">
        {progress ? (
          <div className="bench-work">
            <progress
              className="progress"
              aria-label={words.steps[progress.step]}
              max={1}
              value={progress.doneBytes / progress.totalBytes}
            />
            <span className="number">
              {words.steps[progress.step]} {format.bytes(progress.doneBytes)} /{' '}
              {format.bytes(progress.totalBytes)}
            </span>
            <button type="button" className="link" onClick={() => void act('gpu.cancel')}>
              {words.cancel}
            </button>
          </div>
        ) : support.installed ? (
          <div className="setting-line">
            {support.inUse ? (
              <span>{words.installed}</span>
            ) : (
              <button type="button" className="button" onClick={album.restartEngine}>
                {words.use}
              </button>
            )}
            <button type="button" className="link" onClick={() => void act('gpu.remove')}>
              {words.remove}
            </button>
          </div>
        ) : (
          <button type="button" className="button" onClick={() => void act('gpu.install')}>
            <Download size={15} strokeWidth={1.75} aria-hidden />
            {words.install(format.bytes(support.downloadBytes))}
          </button>
        )}
        {!support.installed && (
          <small>{words.hint(support.card ?? '', format.bytes(support.installedBytes))}</small>
        )}
        {problem !== null && <small role="alert">{problem}</small>}
      </div>
    </Field>
  );
}
