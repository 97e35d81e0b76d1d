/** The commands that only read: search, tags, show, failed, doctor. */
import path from 'node:path';
import type {
  CameraFacts,
  Info,
  PhotoDetail,
  PhotoTag,
  SearchResult,
} from '../../common/contract.ts';
import { reasonText, type Language } from '../../common/texts.ts';
import { startEngine, type EngineClient } from '../client.ts';
import type { Arguments } from './arguments.ts';
import { contractTextsFor, type CliTexts } from './texts.ts';
import { print, printJson } from './work.ts';

/** Asks an engine that reads beside any other, prints the answer, and returns the exit code. */
export async function ask(args: Arguments, language: Language, texts: CliTexts): Promise<number> {
  const engine = await startEngine({ node: process.execPath, options: args.options });
  try {
    await answers(engine, args, language, texts);
    return 0;
  } finally {
    await engine.close();
  }
}

async function answers(
  engine: EngineClient,
  args: Arguments,
  language: Language,
  texts: CliTexts,
): Promise<void> {
  const { command, rest, json } = args;
  switch (command) {
    case 'search': {
      const query = rest.join(' ');
      const result = await engine.call('photos.search', { query, limit: args.limit, offset: 0 });
      if (json) printJson(result);
      else printFound(result, texts);
      break;
    }
    case 'tags': {
      const { tags } = await engine.call('tags.list', {});
      if (json) printJson({ tags });
      else if (tags.length === 0) print(texts.noTags);
      else for (const { name, count } of tags) print(`${String(count).padStart(6)}  ${name}`);
      break;
    }
    case 'show': {
      const [file = ''] = rest;
      const query = { path: path.resolve(file), scores: args.scores };
      const detail = await engine.call('photos.show', query);
      if (json) printJson(showJson(detail, language));
      else printDetail(detail, language, texts);
      break;
    }
    case 'failed': {
      const { photos } = await engine.call('files.failed', {});
      const worded = photos.map(({ path: file, status, reason }) => ({
        path: file,
        status,
        reason: reasonText(language, reason),
        code: reason.code,
      }));
      if (json) printJson({ photos: worded });
      else if (worded.length === 0) print(texts.nothingFailed);
      else
        for (const { path: file, status, reason } of worded)
          print(`${contractTextsFor(language).states[status]}  ${printable(file)}  ${reason}`);
      break;
    }
    case 'doctor': {
      const info = await engine.call('engine.info', {});
      if (json) printJson(info);
      else printInfo(info, language, texts);
      break;
    }
    case 'bench':
    case 'gpu':
    case 'packs':
    case 'tag':
    case 'watch':
      break;
  }
}

function showJson(detail: PhotoDetail, language: Language) {
  const { path: file, copies, companions, status, reason, photo, tags, decisions, scores } = detail;
  return {
    path: file,
    status,
    reason: reason === null ? null : reasonText(language, reason),
    ...photo,
    copies,
    companions,
    tags,
    decisions,
    ...(scores ? { scores } : {}),
  };
}

function printFound(result: SearchResult, texts: CliTexts): void {
  for (const { word, tags, suggestions } of result.words)
    if (tags.length === 0) print(texts.unknownWord(word, suggestions));
  print(texts.found(result.total, result.photos.length));
  for (const { path: file, tags } of result.photos) print(`${printable(file)}  ${tagLine(tags)}`);
}

function tagLine(tags: readonly PhotoTag[]): string {
  return tags.map(({ name }) => name).join(' · ');
}

function printDetail(detail: PhotoDetail, language: Language, texts: CliTexts): void {
  const { photo, tags, reason } = detail;
  const field = (name: string, value: string) => {
    print(`${name}${language === 'zh' ? '：' : ': '}${value}`);
  };
  const percent = (score: number) => `${(score * 100).toFixed(1)}%`;
  print(printable(detail.path));
  field(texts.show.status, contractTextsFor(language).states[detail.status]);
  if (reason) field(texts.show.reason, reasonText(language, reason));
  if (photo) {
    if (photo.damaged) print(texts.show.damaged);
    field(
      texts.show.size,
      `${String(photo.width)} × ${String(photo.height)} ${photo.format.toUpperCase()}`,
    );
    field(
      texts.show.taken,
      `${photo.takenAt.replace('T', ' ')} (${texts.taken[photo.takenSource]})`,
    );
    const shot = cameraLine(photo);
    if (shot !== '') field(texts.show.camera, printable(shot));
    if (photo.place) field(texts.show.place, placeText(photo.place));
    field(texts.show.hash, photo.hash);
  }
  for (const companion of detail.companions) field(texts.show.companions, printable(companion));
  for (const copy of detail.copies) field(texts.show.copies, printable(copy));
  if (photo)
    field(
      texts.show.tags,
      tags.length === 0
        ? texts.untagged
        : tags.map(({ name, score }) => `${name} ${percent(score)}`).join(' · '),
    );
  if (detail.scores) {
    print(texts.show.scores);
    for (const { name, score } of detail.scores) print(`  ${percent(score).padStart(6)}  ${name}`);
  }
}

/** `Canon EOS R5 · RF50mm F1.8 · 50 mm · f/1.8 · 1/250 s · ISO 100`, as far as it is known. */
function cameraLine(facts: CameraFacts): string {
  const { camera, lens, focalLengthMm, aperture, exposureSeconds, iso } = facts;
  const round = (value: number) => String(Number(value.toFixed(1)));
  const exposure = (seconds: number) =>
    seconds < 0.3 ? `1/${String(Math.round(1 / seconds))} s` : `${round(seconds)} s`;
  return [
    camera,
    lens,
    focalLengthMm && `${round(focalLengthMm)} mm`,
    aperture && `f/${round(aperture)}`,
    exposureSeconds && exposure(exposureSeconds),
    iso && `ISO ${round(iso)}`,
  ]
    .filter((part) => part !== null && part !== 0)
    .join(' · ');
}

/** `36.1070° N 103.1850° W`. */
function placeText({ latitude, longitude }: NonNullable<CameraFacts['place']>): string {
  const part = (degrees: number, [positive, negative]: readonly [string, string]) =>
    `${Math.abs(degrees).toFixed(5)}° ${degrees < 0 ? negative : positive}`;
  return `${part(latitude, ['N', 'S'])} ${part(longitude, ['E', 'W'])}`;
}

function printInfo(info: Info, language: Language, texts: CliTexts): void {
  const { doctor } = texts;
  const { pack, library } = info;
  print(`万物相册 ${info.version}`);
  print(
    `${doctor.versions}: ${Object.entries(info.versions)
      .map((pair) => pair.join(' '))
      .join(', ')}`,
  );
  print(
    `${doctor.pack}: ${pack.name} ${pack.version}, ${doctor.labels(pack.labels)}, ${doctor.vocabulary(info.vocabulary.tags)}`,
  );
  print(`${doctor.devices}:`);
  const words = contractTextsFor(language);
  for (const { device, code, ms, reason } of info.devices) {
    const state = code === null ? doctor.works(ms.toFixed(1)) : words.deviceReasons[code];
    const why = reason === '' || code === 'other-system' ? '' : ` (${reason})`;
    print(`  ${words.devices[device]}: ${state}${why}`);
  }
  print(`${doctor.library}: ${library.path}`);
  print(`  ${library.healthy ? doctor.healthy : doctor.unhealthy}`);
  for (const problem of library.problems) print(`  ${problem}`);
  print(
    `  ${doctor.contents(library.photos, library.files, (library.catalogBytes / 1e6).toFixed(1))}`,
  );
}

/** A name with control characters cannot command the terminal. */
function printable(file: string): string {
  return file.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
