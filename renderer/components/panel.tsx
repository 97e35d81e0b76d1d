/** 性能: where the time goes, live. Puts together what its parts draw. */
import { ChevronsRight, Pause, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Status } from '../../common/contract.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { ahead } from '../progress.ts';
import { useStore } from '../store.ts';
import { judge } from '../verdict.ts';
import { Bench } from './bench.tsx';
import { DeviceLine } from './device-line.tsx';
import { IconButton } from './icon-button.tsx';
import { LineChart } from './line-chart.tsx';
import { Stages } from './stages.tsx';
import { TuningLine } from './tuning-line.tsx';

export function Panel() {
  const { panel: words, top } = useTexts();
  const status = useStore((state) => state.status);
  return (
    <aside className="panel" aria-label={words.label} data-testid="panel">
      <header className="panel-head">
        <h2>{words.label}</h2>
        <IconButton
          icon={ChevronsRight}
          size={16}
          name={top.hidePanel}
          className="small"
          onClick={album.togglePanel}
        />
      </header>
      {status ? <Figures status={status} /> : <p className="photo-wait">{words.starting}</p>}
    </aside>
  );
}

function Figures({ status }: { status: Status }) {
  const { panel: words } = useTexts();
  const language = useLanguage();
  const progress = useStore((state) => state.progress);
  const { gpu, latency, stages, batch } = status;
  const way = ahead(progress, status, progress.samples.at(-1)?.atMs ?? 0);
  const samples = progress.samples;
  return (
    <div className="panel-body">
      <div className="panel-part">
        <DeviceLine device={status.device} gpu={gpu?.name ?? null} />
        <VerdictBox status={status} />
        <TuningLine tuning={status.tuning} memoryBytes={status.memoryBytes} />
        <Work status={status} />
      </div>
      <div className="panel-part cards">
        <Card
          name={words.now}
          value={format.rate(language, status.photosPerSecond)}
          unit={words.perSecond}
        >
          {way && way.done > 0 && (
            <small className="number">
              {words.average} {format.rate(language, way.averagePerSecond)}
            </small>
          )}
        </Card>
        <Card
          name={gpu ? words.gpu : words.infer}
          value={format.percent(gpu ? gpu.utilisation : stages.infer.busy)}
        >
          <small className="number">
            {words.cpu} {format.percent(status.cpu)}
          </small>
        </Card>
        {gpu && (
          <Card name={words.gpuMemory} value={format.gibibytes(gpu.memoryUsedBytes)}>
            <small className="number">/ {format.gibibytes(gpu.memoryTotalBytes)}</small>
          </Card>
        )}
        {gpu && (gpu.powerWatts !== null || gpu.temperatureC !== null) && (
          <Card
            name={gpu.powerWatts === null ? words.gpuTemperature : words.gpuPower}
            value={
              gpu.powerWatts === null
                ? `${String(gpu.temperatureC)} °C`
                : `${String(Math.round(gpu.powerWatts))} W`
            }
          >
            {gpu.powerWatts !== null && gpu.temperatureC !== null && (
              <small className="number">{gpu.temperatureC} °C</small>
            )}
          </Card>
        )}
        <Card
          name={`${words.latency} ${words.p50}`}
          value={latency ? format.rate(language, latency.p50) : '–'}
          unit={latency ? words.ms : ''}
        >
          {latency && (
            <small className="number">
              {words.p99} {format.rate(language, latency.p99)}
            </small>
          )}
        </Card>
        <Card name={words.batch} value={batch > 0 ? format.rate(language, batch) : '–'}>
          <small className="number">{words.atMost(String(status.tuning.maxBatch))}</small>
        </Card>
      </div>
      <div className="panel-part">
        <Stages stages={stages} bottleneck={status.bottleneck} />
      </div>
      <div className="panel-part lines">
        <h3>{words.lines}</h3>
        <LineChart
          name={words.now}
          times={samples}
          lines={[{ name: `${words.now} ${words.perSecond}`, colour: '--chart-1', value: speedOf }]}
          isShare={false}
        />
        <LineChart
          name={words.cpu}
          times={samples}
          lines={[
            { name: gpu ? words.gpu : words.infer, colour: '--chart-1', value: deviceOf },
            { name: words.decode, colour: '--chart-2', value: decodeOf },
            { name: words.cpu, colour: '--chart-3', value: cpuOf },
          ]}
          isShare
        />
      </div>
      <Bench />
    </div>
  );
}

const speedOf = ({ photosPerSecond }: { photosPerSecond: number }) => photosPerSecond;
const deviceOf = ({ device }: { device: number }) => device * 100;
const decodeOf = ({ decode }: { decode: number }) => decode * 100;
const cpuOf = ({ cpu }: { cpu: number }) => cpu * 100;

interface CardProps {
  name: string;
  value: string;
  unit?: string;
  children?: ReactNode;
}

function Card({ name, value, unit = '', children }: CardProps) {
  return (
    <div className="card">
      <span>{name}</span>
      <strong className="number">
        {value} {unit !== '' && <small>{unit}</small>}
      </strong>
      {children}
    </div>
  );
}

function VerdictBox({ status }: { status: Status }) {
  const { verdict: titles, verdictWhy: why, panel } = useTexts();
  const { code, tone, busy, spare } = judge(status);
  const stage =
    code === 'read' || code === 'save'
      ? panel.stage[code]
      : code === 'decode' || code === 'decode-gpu-waits'
        ? panel.stage.decode
        : panel.stage.infer;
  const reason =
    code === 'idle' || code === 'paused' || code === 'measuring' || code === 'disk-full'
      ? why[code]
      : busy === null
        ? null
        : spare === null
          ? why.busy(stage, format.percent(busy))
          : why.busyStage(stage, format.percent(busy), format.percent(spare));
  return (
    <div className="verdict" data-tone={tone} data-code={code}>
      {/* The figures below change four times a second: nobody wants to hear them all. */}
      <strong role="status">{titles[code]}</strong>
      {reason !== null && <span>{reason}</span>}
    </div>
  );
}

function Work({ status }: { status: Status }) {
  const { panel: words, progress: says } = useTexts();
  const language = useLanguage();
  const progress = useStore((state) => state.progress);
  const way = ahead(progress, status, progress.samples.at(-1)?.atMs ?? 0);
  const isPaused = status.paused === 'person';
  if ((status.idle && !isPaused) || status.paused === 'bench') return null;
  return (
    <div className="work">
      {way && way.total > 0 && (
        <>
          <progress className="progress" aria-label={says.label} max={1} value={way.share} />
          <div className="work-line number">
            <span>
              {format.count(language, way.done)} / {format.count(language, way.total)}
            </span>
            {way.leftMs !== null && <span>{says.left(format.duration(language, way.leftMs))}</span>}
          </div>
        </>
      )}
      <button
        type="button"
        className="button"
        onClick={() => {
          void album.setPaused(!isPaused);
        }}
      >
        {isPaused ? (
          <Play size={15} strokeWidth={1.75} aria-hidden />
        ) : (
          <Pause size={15} strokeWidth={1.75} aria-hidden />
        )}
        {isPaused ? words.resume : words.pause}
      </button>
    </div>
  );
}
