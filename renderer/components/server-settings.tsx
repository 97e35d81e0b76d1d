/** Settings of inference servers: their addresses, a test before they are used, and what leaves this machine. */
import { CircleAlert, CircleCheck, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import {
  ContractError,
  isServers,
  readServers,
  type Settings,
  type TestedServer,
} from '../../common/contract.ts';
import { errorText, troubleText } from '../../common/texts.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { testServers } from '../packs.ts';
import { Field, Part } from './part.tsx';

export function ServerSettings({ settings }: { settings: Settings }) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const inUse = isServers(settings.device) ? settings.device : null;
  const [typed, setTyped] = useState(inUse?.replaceAll(',', ', ') ?? '');
  const [token, setToken] = useState(settings.serverToken ?? '');
  const [tested, setTested] = useState<readonly TestedServer[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [isTesting, setTesting] = useState(false);
  const servers = readServers(typed);
  const serverToken = token === '' ? null : token;
  const isSaved = servers === inUse && serverToken === (settings.serverToken ?? null);

  const test = async (addresses: `http${string}`) => {
    setTesting(true);
    setTested([]);
    setProblem(null);
    try {
      setTested(await testServers(addresses, serverToken));
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      setProblem(errorText(language, error));
    } finally {
      setTesting(false);
    }
  };
  return (
    <Part title={words.servers} hint={words.serversHint}>
      <Field label={words.serverAddress}>
        <input
          type="text"
          className="wide"
          aria-label={words.serverAddress}
          placeholder={words.serverPlaceholder}
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setTested([]);
          }}
        />
      </Field>
      <Field label={words.serverToken}>
        <input
          type="password"
          className="wide"
          aria-label={words.serverToken}
          placeholder={words.serverTokenHint}
          autoComplete="off"
          value={token}
          onChange={(event) => {
            setToken(event.target.value);
            setTested([]);
          }}
        />
      </Field>
      {servers && (
        <p className="privacy" role="note">
          <ShieldAlert size={15} strokeWidth={1.75} aria-hidden />
          {words.serverPrivacy(servers.replaceAll(',', language === 'zh' ? '、' : ', '))}
        </p>
      )}
      <div className="setting-line">
        <button
          type="button"
          className="button"
          disabled={!servers || isTesting}
          onClick={() => {
            if (servers) void test(servers);
          }}
        >
          {words.serverTest}
        </button>
        <button
          type="button"
          className="button"
          disabled={!servers || isSaved}
          onClick={() => {
            if (servers) void album.saveSettings({ ...settings, device: servers, serverToken });
          }}
        >
          {words.serverUse}
        </button>
        {inUse !== null && (
          <button
            type="button"
            className="button ghost"
            onClick={() => {
              void album.saveSettings({ ...settings, device: 'auto' });
            }}
          >
            {words.serverStop}
          </button>
        )}
        <span className="hint" role="status">
          {isTesting && words.serverTesting}
          {typed.trim() !== '' && !servers && words.serverNoAddress}
        </span>
      </div>
      {problem !== null && (
        <p className="refusal" role="alert">
          {problem}
        </p>
      )}
      {tested.length > 0 && (
        <ul className="tested" aria-label={words.serverTest}>
          {tested.map((server) => (
            <ServerLine key={server.url} server={server} />
          ))}
        </ul>
      )}
    </Part>
  );
}

function ServerLine({ server }: { server: TestedServer }) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const { url, model, trouble, maxBatch, ms } = server;
  const Icon = trouble ? CircleAlert : CircleCheck;
  return (
    <li data-bad={trouble !== null || undefined}>
      <Icon size={15} strokeWidth={1.75} aria-hidden />
      <span>
        <bdi>{url}</bdi>
        <small className="number">
          {trouble
            ? troubleText(language, trouble)
            : words.serverWell(model, String(maxBatch), format.rate(language, ms))}
        </small>
      </span>
    </li>
  );
}
