/** What each key does, by where the person is. Pure: an event's fields in, a command's name out. */
export type KeyCommand =
  | 'search'
  | 'settings'
  | 'panel'
  | 'close'
  | 'open'
  | 'preview'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'select-all'
  | 'toggle'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-fit'
  | 'tag-confirm'
  | 'tag-reject'
  | 'tag-add'
  | 'reveal'
  | 'info';

/** `text`: a field that takes letters has the focus. */
export type KeyPlace = 'grid' | 'photo' | 'preview' | 'dialog' | 'text';

export interface KeyStroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  /** The key is held down. */
  repeat: boolean;
}

const everywhere: Record<string, KeyCommand> = { '/': 'search' };
const arrows: Record<string, KeyCommand> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const zoom: Record<string, KeyCommand> = {
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  '0': 'zoom-fit',
};
const plain: Record<KeyPlace, Record<string, KeyCommand>> = {
  grid: {
    ...everywhere,
    ...arrows,
    Home: 'first',
    End: 'last',
    Enter: 'open',
    ' ': 'preview',
    x: 'toggle',
    Escape: 'close',
  },
  photo: {
    ...arrows,
    ...zoom,
    c: 'tag-confirm',
    x: 'tag-reject',
    a: 'tag-add',
    f: 'reveal',
    i: 'info',
    ' ': 'close',
    Escape: 'close',
  },
  preview: { ...arrows, ...zoom, ' ': 'close', Escape: 'close', Enter: 'open' },
  dialog: { Escape: 'close' },
  text: {},
};
const withCtrl: Record<string, KeyCommand> = { f: 'search', ',': 'settings', a: 'select-all' };

/** What goes on while its key is held; anything else would be done and undone again. */
const goesOn = new Set<KeyCommand>(['left', 'right', 'up', 'down', 'zoom-in', 'zoom-out']);

export function commandOf(stroke: KeyStroke, place: KeyPlace): KeyCommand | null {
  const command = pressedCommand(stroke, place);
  return command && stroke.repeat && !goesOn.has(command) ? null : command;
}

function pressedCommand(stroke: KeyStroke, place: KeyPlace): KeyCommand | null {
  // An input method owns the keyboard until it is done.
  if (stroke.isComposing || stroke.altKey) return null;
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  if (stroke.ctrlKey || stroke.metaKey) {
    const command = withCtrl[key] ?? null;
    if (command === 'select-all') return place === 'grid' ? command : null;
    return place === 'dialog' ? null : command;
  }
  return plain[place][key] ?? null;
}
