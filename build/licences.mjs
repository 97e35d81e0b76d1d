/** Collects the licence of every package that a bundle holds in one file beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const licencesFile = 'licences.txt';

/** @returns {import('vite').Plugin} */
export function licences() {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((part) =>
        part.type === 'chunk' ? part.moduleIds : [],
      );
      const folders = modules.flatMap((id) => packageFolder.exec(id)?.[1] ?? []);
      const source = [...new Set(folders)].sort().map(licenceOf).join('\n');
      this.emitFile({ type: 'asset', fileName: licencesFile, source });
    },
  };
}

/** Vite marks what it made of a module before its path. */
const packageFolder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** @param {string} folder */
function licenceOf(folder) {
  const name = folder.replace(/^.*\/node_modules\//, '');
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} is bundled and has no licence`);
  return `${name}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
}
