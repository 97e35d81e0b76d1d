/** Settings of the hardware: what infers, how many threads decode, how large batches and thumbnails may be. */
import { devices, isServers, type Settings } from '../../common/contract.ts';
import { contractTexts } from '../../common/texts.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';
import { GpuSupport } from './gpu-support.tsx';
import { NumberOrAutomatic } from './number-or-automatic.tsx';
import { Field, Part } from './part.tsx';
import { Segments } from './segments.tsx';

const gigabyte = 1e9;

/** A choice of round sizes, and the one that is set. */
function capsBytes(set: number | null): number[] {
  const usual = [1, 2, 5, 10, 20, 50].map((n) => n * gigabyte);
  return set === null || usual.includes(set) ? usual : [...usual, set].sort((a, b) => a - b);
}

export function WorkSettings({ settings }: { settings: Settings }) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const info = useStore((state) => state.info);
  return (
    <Part title={words.work} hint={words.workHint}>
      <Field label={words.device}>
        <select
          aria-label={words.device}
          value={settings.device}
          onChange={(event) => {
            const device = (['auto', ...devices] as const).find(
              (one) => one === event.target.value,
            );
            if (device) void album.saveSettings({ ...settings, device });
          }}
        >
          <option value="auto">{words.automatic}</option>
          {isServers(settings.device) && (
            <option value={settings.device}>{contractTexts[language].devices.remote}</option>
          )}
          {devices.map((one) => {
            const known = info?.devices.find(({ device }) => device === one);
            const isMissing = known?.available === false;
            return (
              <option key={one} value={one} disabled={isMissing}>
                {contractTexts[language].devices[one]}
                {isMissing && ` · ${words.deviceMissing}`}
              </option>
            );
          })}
        </select>
      </Field>
      <GpuSupport />
      <Field label={words.workers}>
        <NumberOrAutomatic
          label={words.workers}
          value={settings.decodeWorkers}
          usual={2}
          most={64}
          onChange={(decodeWorkers) => {
            void album.saveSettings({ ...settings, decodeWorkers });
          }}
        />
      </Field>
      <Field label={words.batch}>
        <NumberOrAutomatic
          label={words.batch}
          value={settings.maxBatch}
          usual={16}
          most={256}
          onChange={(maxBatch) => {
            void album.saveSettings({ ...settings, maxBatch });
          }}
        />
      </Field>
      <Field label={words.gentle}>
        <Segments
          label={words.gentle}
          choices={['auto', 'on', 'off']}
          chosen={settings.gentle}
          nameOf={(gentle) => words.gentleModes[gentle]}
          onChoose={(gentle) => {
            void album.saveSettings({ ...settings, gentle });
          }}
        />
        <p className="hint">{words.gentleHint}</p>
      </Field>
      <Field label={words.thumbnails}>
        <select
          aria-label={words.thumbnails}
          value={settings.thumbnailCapBytes ?? ''}
          onChange={(event) => {
            const { value } = event.target;
            const thumbnailCapBytes = value === '' ? null : Number(value);
            void album.saveSettings({ ...settings, thumbnailCapBytes });
          }}
        >
          <option value="">{words.automatic}</option>
          {capsBytes(settings.thumbnailCapBytes).map((cap) => (
            <option key={cap} value={cap}>
              {format.bytes(cap)}
            </option>
          ))}
        </select>
      </Field>
    </Part>
  );
}
