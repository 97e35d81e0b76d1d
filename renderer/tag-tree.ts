/** The sidebar's tag tree out of flat rows. A tag with several parents hangs below each of them. Pure. */
export interface TagRow {
  name: string;
  count: number;
  parents: readonly string[];
}
export interface TagLine {
  /** Unique in the tree: the way from its root. */
  key: string;
  name: string;
  count: number;
  depth: number;
  hasChildren: boolean;
  isOpen: boolean;
}

/** A tree of so few tags is seen at a glance: it stands open until it is closed, and so does an only branch. */
const fewTags = 14;

/** The lines to draw, in order: biggest first. `turned`: whether the person opened a line or closed it, by its key. */
export function treeLines(
  tags: readonly TagRow[],
  turned: ReadonlyMap<string, boolean>,
): TagLine[] {
  const isSmall = tags.length <= fewTags;
  const names = new Set(tags.map(({ name }) => name));
  const children = new Map<string | null, TagRow[]>();
  for (const tag of tags) {
    const parents = tag.parents.filter((parent) => names.has(parent) && parent !== tag.name);
    for (const parent of parents.length > 0 ? parents : [null])
      children.set(parent, [...(children.get(parent) ?? []), tag]);
  }
  const lines: TagLine[] = [];
  const walk = (parent: string | null, way: readonly string[]) => {
    const siblings = sorted(children.get(parent) ?? []);
    for (const tag of siblings) {
      if (way.includes(tag.name)) continue;
      const path = [...way, tag.name];
      const key = path.join('/');
      const hasChildren = children.has(tag.name);
      const isOpen = hasChildren && (turned.get(key) ?? (isSmall || siblings.length === 1));
      lines.push({
        key,
        name: tag.name,
        count: tag.count,
        depth: way.length,
        hasChildren,
        isOpen,
      });
      if (isOpen) walk(tag.name, path);
    }
  };
  walk(null, []);
  return lines;
}

/** A filter makes it a flat list: who types a name knows what to look for. `meant`: names, best first. */
export function filteredLines(tags: readonly TagRow[], meant: readonly string[]): TagLine[] {
  const byName = new Map(tags.map((tag) => [tag.name, tag]));
  return meant.flatMap((name) => {
    const tag = byName.get(name);
    if (!tag) return [];
    return { key: name, name, count: tag.count, depth: 0, hasChildren: false, isOpen: false };
  });
}

/** Where a key leads from the line `at`: to another line, or it opens and closes this one; as in the platforms' own trees. */
export function treeStep(
  lines: readonly TagLine[],
  at: number,
  key: string,
): { to: number } | 'toggle' | null {
  const line = lines[at];
  if (!line) return null;
  const to = (index: number) => (index in lines && index !== at ? { to: index } : null);
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(lines.length - 1);
    case 'ArrowRight':
      if (!line.hasChildren) return null;
      return line.isOpen ? to(at + 1) : 'toggle';
    case 'ArrowLeft':
      if (line.isOpen) return 'toggle';
      return to(lines.slice(0, at).findLastIndex(({ depth }) => depth < line.depth));
    default:
      return null;
  }
}

function sorted(tags: readonly TagRow[]): TagRow[] {
  return [...tags].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'zh'));
}
