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

/** The lines to draw, in order: biggest first, children only of what is open. */
export function treeLines(tags: readonly TagRow[], open: ReadonlySet<string>): TagLine[] {
  const names = new Set(tags.map(({ name }) => name));
  const children = new Map<string | null, TagRow[]>();
  for (const tag of tags) {
    const parents = tag.parents.filter((parent) => names.has(parent) && parent !== tag.name);
    for (const parent of parents.length > 0 ? parents : [null])
      children.set(parent, [...(children.get(parent) ?? []), tag]);
  }
  const lines: TagLine[] = [];
  const walk = (parent: string | null, way: readonly string[]) => {
    for (const tag of sorted(children.get(parent) ?? [])) {
      if (way.includes(tag.name)) continue;
      const path = [...way, tag.name];
      const key = path.join('/');
      const hasChildren = children.has(tag.name);
      const isOpen = hasChildren && open.has(key);
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

/** A filter makes it a flat list: who types a name knows what to look for. */
export function filteredLines(tags: readonly TagRow[], typed: string): TagLine[] {
  const word = typed.trim().toLowerCase();
  return sorted(tags.filter(({ name }) => name.toLowerCase().includes(word))).map((tag) => ({
    key: tag.name,
    name: tag.name,
    count: tag.count,
    depth: 0,
    hasChildren: false,
    isOpen: false,
  }));
}

function sorted(tags: readonly TagRow[]): TagRow[] {
  return [...tags].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'zh'));
}
