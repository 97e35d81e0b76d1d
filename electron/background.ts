/**
 * What happens to work that is left when the window is closed: the person chooses once a time, and the
 * tray shows that something goes on. Owns the tray.
 */
import { dialog, Menu, Tray, type BrowserWindow } from 'electron';
import type { Status } from '../common/contract.ts';
import type { ShellTexts } from './texts.ts';

export type Choice = 'background' | 'quit' | 'stay';

/** Photos still to do; 0 when nothing goes on by itself. */
export function workLeft(status: Status | null): number {
  return status === null || status.idle || status.paused !== null
    ? 0
    : Math.max(1, status.counts.pending);
}

export async function askWhatToDo(
  window: BrowserWindow,
  texts: ShellTexts,
  photos: number,
): Promise<Choice> {
  const choices: readonly Choice[] = ['background', 'quit', 'stay'];
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: texts.app,
    message: texts.workLeft(photos),
    detail: texts.workLeftDetail,
    buttons: [texts.workOn, texts.quitNow, texts.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return choices[response] ?? 'stay';
}

export interface Background {
  show(photos: number): void;
  close(): void;
}

export function openBackground(
  icon: string,
  texts: ShellTexts,
  act: { open: () => void; quit: () => void },
): Background {
  const tray = new Tray(icon);
  tray.on('click', act.open);
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: texts.open, click: act.open },
      { type: 'separator' },
      { label: texts.quit, click: act.quit },
    ]),
  );
  return {
    show: (photos) => {
      tray.setToolTip(texts.working(photos));
    },
    close: () => {
      tray.destroy();
    },
  };
}
