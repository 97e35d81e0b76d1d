/** The command line: what is read, and the one clear line for each mistake. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readArguments, UsageError, type Arguments } from '../../engine/cli/arguments.ts';
import { cliTexts, languageOf } from '../../engine/cli/texts.ts';

const read = (...argv: string[]) => readArguments(argv, cliTexts.en);
function expectArguments(...argv: string[]): Arguments {
  const args = read(...argv);
  assert.ok(args);
  return args;
}

describe('what is read', () => {
  test('a command with its folders, changed by options anywhere', () => {
    const args = expectArguments('tag', '--json', 'a', '--workers', '3', 'b', '--device=cpu');
    assert.equal(args.command, 'tag');
    assert.deepEqual(args.rest, ['a', 'b']);
    assert.ok(args.json);
    assert.equal(args.options.decodeWorkers, 3);
    assert.equal(args.options.device, 'cpu');
  });
  test('questions open the library for reading, work does not', () => {
    for (const [argv, readOnly, watch] of [
      [['tag', 'a'], false, false],
      [['watch', 'a'], false, true],
      [['search', '猫'], true, false],
      [['tags'], true, false],
      [['show', 'a.jpg'], true, false],
      [['failed'], true, false],
      [['doctor'], true, false],
    ] as const) {
      const { options } = expectArguments(...argv);
      assert.deepEqual([options.readOnly, options.watch], [readOnly, watch], argv[0]);
    }
  });
  test('the library: the option before the environment, absolute', () => {
    process.env['WANWU_LIBRARY'] = '/from/environment';
    try {
      assert.equal(expectArguments('tags').options.library, path.resolve('/from/environment'));
      assert.equal(expectArguments('tags', '--library', 'x').options.library, path.resolve('x'));
    } finally {
      delete process.env['WANWU_LIBRARY'];
    }
  });
  test('after `--` nothing is an option', () => {
    assert.deepEqual(expectArguments('tag', '--', '--json').rest, ['--json']);
  });
  test('help, or nothing at all, is no command', () => {
    for (const argv of [[], ['--help'], ['-h'], ['help'], ['help', 'tag'], ['tag', '--help']])
      assert.equal(read(...argv), null);
  });
});

describe('a mistake is one line', () => {
  const mistakes: [argv: string[], message: RegExp][] = [
    [['frobnicate'], /unknown command: frobnicate/],
    [['tag'], /at least one folder/],
    [['search'], /words/],
    [['show'], /one photo/],
    [['show', 'a', 'b'], /no "b"/],
    [['tags', 'x'], /no "x"/],
    [['tag', 'a', '--nonsense'], /unknown option: --nonsense/],
    [['tag', 'a', '-x'], /unknown option: -x/],
    [['tag', 'a', '--library'], /--library needs a value/],
    [['tag', 'a', '--device', 'abacus'], /unknown device: abacus/],
    [['search', 'x', '--limit', '0'], /--limit needs a positive/],
    [['search', 'x', '--limit', '1e3'], /"1e3"/],
    [['search', 'x', '--limit', '501'], /"501"/],
    [['tag', 'a', '--workers', '65'], /"65"/],
    [['tag', 'a', '--batch', '257'], /"257"/],
  ];
  for (const [argv, message] of mistakes)
    test(argv.join(' '), () => {
      assert.throws(
        () => read(...argv),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes('\n'));
          return true;
        },
      );
    });
});

test('both languages say everything, Chinese unless the locale is English', () => {
  assert.deepEqual(Object.keys(cliTexts.zh), Object.keys(cliTexts.en));
  assert.equal(languageOf({}), 'zh');
  assert.equal(languageOf({ LANG: 'zh_CN.UTF-8' }), 'zh');
  assert.equal(languageOf({ LANG: 'en_GB.UTF-8' }), 'en');
  assert.equal(languageOf({ WANWU_LANG: 'en', LANG: 'zh_CN.UTF-8' }), 'en');
});
