/** The application menu. Pure: what an item does is the shell's business. */
import type { MenuItemConstructorOptions as Item } from 'electron';
import type { ShellEvents } from '../common/contract.ts';
import type { ShellTexts } from './texts.ts';

export type Command = ShellEvents['shell.command']['command'];

export function menuTemplate(
  texts: ShellTexts,
  isMac: boolean,
  run: (command: Command) => void,
): Item[] {
  const command = (label: string, name: Command, accelerator: string): Item => ({
    label,
    accelerator,
    click: () => {
      run(name);
    },
  });
  const line: Item = { type: 'separator' };
  const settings = command(texts.settings, 'settings', 'CmdOrCtrl+,');
  const quit: Item = { role: 'quit', label: texts.quit };
  const application: Item = {
    label: texts.app,
    submenu: [settings, line, { role: 'hide', label: texts.hide }, line, quit],
  };
  return [
    ...(isMac ? [application] : []),
    {
      label: texts.file,
      submenu: [
        command(texts.addFolder, 'add-folder', 'CmdOrCtrl+O'),
        ...(isMac ? [] : [line, settings, line, quit]),
      ],
    },
    {
      label: texts.edit,
      submenu: [
        { role: 'undo', label: texts.undo },
        { role: 'redo', label: texts.redo },
        line,
        { role: 'cut', label: texts.cut },
        { role: 'copy', label: texts.copy },
        { role: 'paste', label: texts.paste },
        { role: 'selectAll', label: texts.selectAll },
        line,
        command(texts.find, 'search', 'CmdOrCtrl+F'),
      ],
    },
    {
      label: texts.view,
      submenu: [
        command(texts.panel, 'panel', 'CmdOrCtrl+Shift+P'),
        line,
        { role: 'zoomIn', label: texts.zoomIn },
        { role: 'zoomOut', label: texts.zoomOut },
        { role: 'resetZoom', label: texts.zoomReset },
        line,
        { role: 'togglefullscreen', label: texts.fullScreen },
      ],
    },
    {
      label: texts.window,
      submenu: [
        { role: 'minimize', label: texts.minimize },
        { role: 'close', label: texts.close },
      ],
    },
  ];
}
