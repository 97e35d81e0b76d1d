/** Settings: how it looks, how it tags, what hardware it uses, and what it is made of. */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import * as album from '../album.ts';
import { useTexts } from '../hooks.ts';
import { dispatch, useStore } from '../store.ts';
import { About } from './about.tsx';
import { Dialog } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';
import { LookSettings } from './look-settings.tsx';
import { PackSettings } from './pack-settings.tsx';
import { Part } from './part.tsx';
import { ServerSettings } from './server-settings.tsx';
import { ThresholdField } from './threshold-field.tsx';
import { WorkSettings } from './work-settings.tsx';

export function SettingsDialog() {
  const isOpen = useStore((state) => state.dialog === 'settings');
  return isOpen ? <Settings /> : null;
}

function Settings() {
  const { settings: words } = useTexts();
  const settings = useStore((state) => state.settings);
  const info = useStore((state) => state.info);
  useEffect(() => {
    void album.loadInfo();
  }, []);
  const close = () => {
    dispatch({ type: 'dialog', dialog: null });
  };
  return (
    <Dialog label={words.title} className="settings" testId="settings" onClose={close}>
      <header className="dialog-head">
        <h1>{words.title}</h1>
        <IconButton icon={X} name={words.close} onClick={close} />
      </header>
      <div className="dialog-scroll">
        <LookSettings />
        {settings && (
          <>
            <PackSettings />
            <Part title={words.threshold} hint={words.thresholdHint}>
              <ThresholdField settings={settings} />
            </Part>
            <WorkSettings settings={settings} />
            <ServerSettings settings={settings} />
          </>
        )}
        <About info={info} />
      </div>
    </Dialog>
  );
}
