/** `wanwu tag` and `wanwu watch`: folders in, tags out, until nothing is pending or the person stops it. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { ContractError, type Status, type TroubleCode } from '../../common/contract.ts';
import { startEngine, type EngineClient } from '../client.ts';
import { UsageError, type Arguments } from './arguments.ts';
import { openProgress } from './progress.ts';
import { contractTextsFor, type CliTexts } from './texts.ts';
import { troubleText, type Language } from '../../common/texts.ts';

const progressJsonMs = 1_000;

/** Returns the exit code. */
export async function work(args: Arguments, language: Language, texts: CliTexts): Promise<number> {
  const folders = args.rest.map((folder) => checkedPath(folder, texts));
  const say = (line: string) => {
    progress.line(line);
  };
  const progress = openProgress(process.stderr, texts);
  const started = Date.now();
  const end = Promise.withResolvers<number>();
  let engine: EngineClient | null = null;
  let latest: Status | null = null;
  let lastJson = 0;
  let told = '';
  let toldServers = '';
  /** One that comes and goes is told once. */
  const toldTroubles = new Map<string, TroubleCode>();
  let toldDamaged = '';
  /** The engine that runs now knows the folders: only then does its rest mean the end. */
  let added = false;

  /** An engine that dies meanwhile is started again, and then this is too. */
  const add = () => {
    added = false;
    const asking = async () => {
      await engine?.call('work.resume', {});
      await engine?.call('folders.add', { paths: folders });
      added = true;
      onStatus((await engine?.call('status.get', {})) ?? null);
    };
    asking().catch((error: unknown) => {
      if (!isGone(error)) end.reject(error);
    });
  };
  const onStatus = (status: Status | null) => {
    if (!status) return;
    latest = status;
    const damaged = status.damagedPacks.map(({ name }) => name).join(', ');
    if (damaged !== '' && damaged !== toldDamaged) say(texts.damagedPack(damaged));
    toldDamaged = damaged;
    const servers = status.device.servers.map(({ url }) => url).join(', ');
    if (servers !== '' && servers !== toldServers) say(texts.pixelsLeave(servers));
    toldServers = servers;
    for (const { url, trouble } of status.device.servers) {
      if (!trouble || trouble.code === 'asking' || toldTroubles.get(url) === trouble.code) continue;
      toldTroubles.set(url, trouble.code);
      say(texts.serverTrouble(url, troubleText(language, trouble)));
    }
    if (status.paused && told !== status.paused) say(texts.paused[status.paused]);
    told = status.paused ?? '';
    progress.show(status);
    if (args.json && Date.now() - lastJson >= progressJsonMs) {
      lastJson = Date.now();
      const { pending, indexed, failed, skipped } = status.counts;
      const done = indexed + failed + skipped;
      printJson({
        event: 'progress',
        done,
        total: done + pending,
        photosPerSecond: status.photosPerSecond,
        tuning: status.tuning,
      });
    }
    if (status.paused === 'model') end.resolve(1);
    if (status.idle && added && args.command === 'tag') end.resolve(0);
  };
  const onSignal = () => {
    say(texts.interrupted);
    end.resolve(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  engine = await startEngine(
    { node: process.execPath, options: args.options },
    {
      onRestart: (why) => {
        say(texts.restarted(why));
        add();
      },
      onGiveUp: end.reject,
    },
  );
  try {
    engine.on('status.changed', onStatus);
    add();
    if (args.command === 'watch') say(texts.watching);
    const code = await end.promise;
    progress.clear();
    // An engine that dies just now is started again, and then it answers.
    const asked = engine;
    if (code === 0)
      await report(asked, latest).catch((error: unknown) => {
        if (!isGone(error)) throw error;
        return report(asked, latest);
      });
    return code;
  } finally {
    progress.clear();
    await engine.close();
  }

  async function report(client: EngineClient, status: Status | null): Promise<void> {
    const { tagged, unchanged, failed, skipped } = await client.call('folders.summary', {
      paths: folders,
      since: started,
    });
    const seen = tagged + unchanged + failed + skipped;
    const seconds = (Date.now() - started) / 1000;
    const rate = tagged / seconds;
    const device = status?.device.name ?? 'cpu';
    if (args.json) {
      const numbers = { seen, tagged, unchanged, failed, skipped };
      printJson({ event: 'done', ...numbers, seconds, photosPerSecond: rate, device });
      return;
    }
    const words = contractTextsFor(language);
    for (const unused of status?.device.unused ?? [])
      if (args.options.device !== null && args.options.device !== 'auto')
        say(texts.deviceFallback(words.devices[unused.device], words.deviceReasons[unused.code]));
    const deviceName = words.devices[device];
    print(texts.done(seen, tagged, unchanged, failed, skipped));
    print(texts.speed(seconds.toFixed(1), rate.toFixed(1), deviceName));
    if (failed + skipped > 0) print(texts.seeFailed(args.library));
  }
}

/** Absolute, links resolved by the engine. */
function checkedPath(folder: string, texts: CliTexts): string {
  const absolute = path.resolve(folder);
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(texts.missingFolder(folder));
  if (!stats.isDirectory() && !stats.isFile()) throw new UsageError(texts.isNoFolder(folder));
  return absolute;
}

function isGone(error: unknown): boolean {
  return error instanceof ContractError && error.code === 'engine-gone';
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}
