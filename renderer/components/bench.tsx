/** 测速: what this machine can do at most, and how much of it the engine reaches. */
import { Gauge } from 'lucide-react';
import { useEffect } from 'react';
import { bestBatch, change, isInferenceMeasured } from '../../common/bench.ts';
import type { BenchReport } from '../../common/contract.ts';
import { contractTexts } from '../../common/texts.ts';
import * as bench from '../bench.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';

export function Bench() {
  const { bench: words } = useTexts();
  const { progress, report } = useStore((state) => state.bench);
  useEffect(() => {
    void bench.loadLatest();
  }, []);
  return (
    <section className="panel-part bench" aria-label={words.title} data-testid="bench">
      <h3>{words.title}</h3>
      {report ? <Result report={report} /> : <p className="hint">{words.hint}</p>}
      {progress ? (
        <div className="bench-work">
          <progress
            className="progress"
            aria-label={words.progress}
            max={1}
            value={progress.share}
          />
          <span>{words.steps[progress.step]}</span>
          <button type="button" className="link" onClick={() => void bench.cancel()}>
            {words.cancel}
          </button>
        </div>
      ) : (
        <button type="button" className="button" onClick={() => void bench.measure()}>
          <Gauge size={15} strokeWidth={1.75} aria-hidden />
          {report ? words.again : words.run}
        </button>
      )}
    </section>
  );
}

function Result({ report: { result, earlier } }: { report: BenchReport }) {
  const { bench: words, panel } = useTexts();
  const language = useLanguage();
  const { devices: names } = contractTexts[language];
  const local = Date.parse(result.at) - new Date(result.at).getTimezoneOffset() * 60_000;
  const deviceBefore = (device: string) =>
    earlier?.inference.find((one) => one.device === device) ?? null;
  const rows = [
    { name: words.read, now: result.read, before: earlier?.read },
    { name: words.decode, now: result.decode, before: earlier?.decode },
    ...result.inference.map((one) => {
      const before = deviceBefore(one.device);
      return {
        name: words.infer(names[one.device]),
        now: bestBatch(one),
        before: before ? bestBatch(before) : undefined,
      };
    }),
    {
      name: words.ceiling,
      now: { photosPerSecond: result.ceilingPerSecond },
      before: earlier ? { photosPerSecond: earlier.ceilingPerSecond } : undefined,
    },
    { name: words.engine, now: result.engine, before: earlier?.engine },
  ];
  return (
    <>
      <p className="bench-share">
        <strong className="number">{format.percent(result.efficiency)}</strong> {words.ofCeiling}
      </p>
      {!isInferenceMeasured(result) && (
        <p className="hint">{words.unmeasured(names[result.device])}</p>
      )}
      <table className="stages">
        <thead>
          <tr>
            <td />
            <td>{panel.perSecond}</td>
            {earlier && <td>{words.change}</td>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, now, before }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{format.rate(language, now.photosPerSecond)}</td>
              {earlier && (
                <td className="number">{change(now.photosPerSecond, before?.photosPerSecond)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary>{words.batches}</summary>
        <table className="stages">
          <tbody>
            {result.inference.flatMap(({ device, batches }) =>
              batches.map(({ batch, photosPerSecond }) => (
                <tr key={`${device} ${String(batch)}`}>
                  <th scope="row">{words.batch(names[device], String(batch))}</th>
                  <td className="number">{format.rate(language, photosPerSecond)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </details>
      <p className="hint number">
        {words.about(
          format.count(language, result.photos.count),
          format.moment(language, local),
          format.bytes(result.engine.peakMemoryBytes),
        )}
      </p>
    </>
  );
}
