/** Reads the command line; a mistake becomes one clear line and exit code 2. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import * as v from 'valibot';
import {
  deviceChoiceSchema,
  type DeviceChoice,
  type EngineOptions,
} from '../../common/contract.ts';
import { engineOptions } from '../options.ts';
import type { CliTexts } from './texts.ts';

export const commands = [
  'tag',
  'watch',
  'search',
  'tags',
  'show',
  'failed',
  'doctor',
  'packs',
  'bench',
  'gpu',
] as const;
export type Command = (typeof commands)[number];

export interface Arguments {
  command: Command;
  /** Folders, a photo, or words. */
  rest: string[];
  json: boolean;
  scores: boolean;
  limit: number;
  /** As it was given; undefined for the usual place. */
  library: string | undefined;
  /** For `packs`. */
  packs: {
    labels: string | undefined;
    manifest: string | undefined;
    name: string | undefined;
    extra: string | undefined;
  };
  gpu: {
    /** A Python package index; null for pip's. */
    index: string | null;
    /** Installs without looking at the machine. */
    force: boolean;
  };
  options: EngineOptions;
}

/** The person's mistake; `message` is for them. */
export class UsageError extends Error {}

const config = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  scores: { type: 'boolean' },
  gentle: { type: 'boolean' },
  library: { type: 'string' },
  device: { type: 'string' },
  limit: { type: 'string' },
  workers: { type: 'string' },
  batch: { type: 'string' },
  delay: { type: 'string' },
  labels: { type: 'string' },
  manifest: { type: 'string' },
  name: { type: 'string' },
  extra: { type: 'string' },
  index: { type: 'string' },
  force: { type: 'boolean' },
  connections: { type: 'string' },
  'connections-per-host': { type: 'string' },
} satisfies ParseArgsOptionsConfig;

type NumberOption =
  'limit' | 'workers' | 'batch' | 'delay' | 'connections' | 'connections-per-host';

/** Null: help was asked for. Throws UsageError. */
export function readArguments(argv: string[], texts: CliTexts): Arguments | null {
  const { values, positionals } = parse(argv, texts);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === 'help') return null;
  if (!isCommand(command)) throw new UsageError(texts.unknownCommand(command));
  checkRest(command, rest, texts);
  const number = (name: NumberOption, most: number) => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,5}$/.test(value) || Number(value) > most)
      throw new UsageError(texts.badNumber(`--${name}`, value));
    return Number(value);
  };
  const device = values.device === undefined ? null : readDevice(values.device, texts);

  const defaults = engineOptions(values.library === undefined ? {} : { library: values.library });
  const isWork = command === 'tag' || command === 'watch';
  return {
    command,
    rest,
    json: values.json ?? false,
    scores: values.scores ?? false,
    limit: number('limit', 500) ?? 20,
    library: values.library,
    packs: {
      labels: values.labels,
      manifest: values.manifest,
      name: values.name,
      extra: values.extra,
    },
    gpu: { index: readIndex(values.index, texts), force: values.force ?? false },
    options: {
      ...defaults,
      device,
      readOnly: !isWork,
      watch: command === 'watch',
      gentle: values.gentle ?? false,
      connections: {
        total: number('connections', 1_000) ?? defaults.connections.total,
        perHost: number('connections-per-host', 1_000) ?? defaults.connections.perHost,
      },
      decodeWorkers: number('workers', 64) ?? defaults.decodeWorkers,
      batch: {
        ...defaults.batch,
        max: number('batch', 256) ?? defaults.batch.max,
        maxDelayMs: number('delay', 10_000) ?? defaults.batch.maxDelayMs,
      },
    },
  };
}

function parse(argv: string[], texts: CliTexts) {
  try {
    return parseArgs({ args: argv, options: config, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const named = /'(-[^'\s]*)/.exec(message)?.[1] ?? '';
    throw new UsageError(
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? texts.unknownOption(named)
        : texts.optionNeedsValue(named),
    );
  }
}

function checkRest(command: Command, rest: string[], texts: CliTexts): void {
  const [first, second] = rest;
  if ((command === 'tag' || command === 'watch') && first === undefined)
    throw new UsageError(texts.needsFolder);
  if (command === 'search' && first === undefined) throw new UsageError(texts.needsWords);
  if (command === 'show' && first === undefined) throw new UsageError(texts.needsPhoto);
  if (command === 'show' && second !== undefined) throw new UsageError(texts.noArguments(second));
  if (command === 'bench' && second !== undefined) throw new UsageError(texts.noArguments(second));
  const takesNone = command === 'tags' || command === 'failed' || command === 'doctor';
  if (takesNone && first !== undefined) throw new UsageError(texts.noArguments(first));
}

function isCommand(word: string): word is Command {
  return (commands as readonly string[]).includes(word);
}

function readIndex(address: string | undefined, texts: CliTexts): string | null {
  if (address === undefined) return null;
  if (!/^https?:\/\//.test(address)) throw new UsageError(texts.gpu.badIndex(address));
  return address;
}

function readDevice(word: string, texts: CliTexts): DeviceChoice {
  const read = v.safeParse(deviceChoiceSchema, word);
  if (!read.success) throw new UsageError(texts.badDevice(word));
  return read.output;
}
