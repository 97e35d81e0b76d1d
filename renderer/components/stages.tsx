/** The pipeline's stages: how busy each is, what waits before it, and what one photo costs. */
import type { Status } from '../../common/contract.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';

const order = ['read', 'decode', 'infer', 'save'] as const;

export function Stages({ stages, bottleneck }: Pick<Status, 'stages' | 'bottleneck'>) {
  const { panel: words } = useTexts();
  const language = useLanguage();
  return (
    <table className="stages">
      <caption>
        <span>{words.stages}</span>
        <small>{words.stageHead}</small>
      </caption>
      <tbody>
        {order.map((name) => {
          const { busy, waiting, ms } = stages[name];
          return (
            <tr key={name} data-hot={name === bottleneck || undefined}>
              <th scope="row">{words.stage[name]}</th>
              <td className="stage-bar">
                <span className="bar">
                  <i style={{ width: format.percent(busy).replace(' ', '') }} />
                </span>
              </td>
              <td className="number">{format.percent(busy)}</td>
              <td className="number">{format.count(language, waiting)}</td>
              <td className="number">
                {ms === 0 ? '–' : `${format.rate(language, ms)} ${words.ms}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
