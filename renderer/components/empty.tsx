/** The first thing a new person sees: one large target and two ways on. */
import { FolderPlus, Images, ShieldAlert, ShieldCheck, Sparkles } from 'lucide-react';
import * as album from '../album.ts';
import { isServers } from '../../common/contract.ts';
import { useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';

export function Empty() {
  const { empty, settings: words } = useTexts();
  const device = useStore(({ settings }) => settings?.device ?? 'auto');
  const leaves = isServers(device);
  const Shield = leaves ? ShieldAlert : ShieldCheck;
  return (
    <main className="empty" data-testid="empty">
      <div className="empty-target">
        <span className="empty-icon">
          <Images size={44} strokeWidth={1.4} aria-hidden />
        </span>
        <h1>{empty.title}</h1>
        <p>{empty.body}</p>
        <div className="empty-ways">
          <button
            type="button"
            className="button primary large"
            onClick={() => {
              void album.chooseFolders();
            }}
          >
            <FolderPlus size={18} strokeWidth={1.75} aria-hidden />
            {empty.choose}
          </button>
          <button
            type="button"
            className="button large"
            onClick={() => {
              void album.addSamples();
            }}
          >
            <Sparkles size={18} strokeWidth={1.75} aria-hidden />
            {empty.samples}
          </button>
        </div>
      </div>
      <p className="empty-privacy">
        <Shield size={15} strokeWidth={1.75} aria-hidden />
        {leaves ? words.serverPrivacy(device) : empty.privacy}
      </p>
    </main>
  );
}
