/** What the model runs on, and why nothing better is used. */
import { Cpu } from 'lucide-react';
import type { Status } from '../../common/contract.ts';
import { contractTexts, troubleText } from '../../common/texts.ts';
import { deviceText } from '../device-text.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';

export function DeviceLine({ device, gpu }: { device: Status['device']; gpu: string | null }) {
  const { panel: words } = useTexts();
  const language = useLanguage();
  const { devices: names, deviceReasons: reasons } = contractTexts[language];
  const { name, limit } = deviceText(language, device, gpu);
  const work = ({ photosPerSecond, batch }: { photosPerSecond: number; batch: number }) =>
    words.serverWork(format.rate(language, photosPerSecond), format.rate(language, batch));
  return (
    <div className="device">
      <p className="device-name">
        <Cpu size={16} strokeWidth={1.75} aria-hidden />
        {name}
      </p>
      {limit !== null && <p className="hint">{limit}</p>}
      {device.servers.length > 0 && (
        <ul className="device-servers">
          {device.servers.map(({ url, trouble, photosPerSecond, batch, batcher }) => (
            <li key={url} data-bad={trouble !== null || undefined}>
              <bdi>{url}</bdi>
              <small className="number">
                {trouble ? troubleText(language, trouble) : work({ photosPerSecond, batch })}
              </small>
              {!trouble && batcher && (
                <small className="number">
                  {words.serverBatcher(
                    format.rate(language, batcher.batch),
                    format.rate(language, batcher.queueMs),
                  )}
                </small>
              )}
            </li>
          ))}
          {device.help && (
            <li>
              {words.thisMachine(names[device.help.device])}
              <small className="number">{work(device.help)}</small>
            </li>
          )}
        </ul>
      )}
      {device.unused.length > 0 && (
        <details>
          <summary>{words.otherDevices}</summary>
          <ul>
            {device.unused.map((one) => (
              <li key={one.device} title={one.reason}>
                {words.why(names[one.device], reasons[one.code])}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
