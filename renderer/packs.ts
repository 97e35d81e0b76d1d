/** What the settings ask of model packs and inference servers. Errors are theirs to show. */
import type { PackReport, PackSummary, TestedServer } from '../common/contract.ts';
import { loadInfo, refreshAll } from './album.ts';
import { engine, shell } from './bridge.ts';

export async function listPacks(): Promise<PackSummary[]> {
  return (await engine.call('packs.list', {})).packs;
}

export async function choosePacks(main: string, extra: string[]): Promise<PackSummary[]> {
  const { packs } = await engine.call('packs.use', { main, extra });
  refreshAll();
  void loadInfo();
  return packs;
}

/** Null: the person thought better of it. */
export async function importPack(): Promise<PackReport | null> {
  const { path: model } = await shell.call('shell.choosePackFile', { what: 'model' });
  if (model === null) return null;
  const { path: labels } = await shell.call('shell.choosePackFile', { what: 'labels' });
  if (labels === null) return null;
  return engine.call('packs.import', { model, labels, manifest: null, name: null });
}

export function removePack(name: string): Promise<unknown> {
  return engine.call('packs.remove', { name });
}

export async function testServers(
  servers: `http${string}`,
  token: string | null,
): Promise<TestedServer[]> {
  return (await engine.call('packs.testServer', { servers, token })).servers;
}
