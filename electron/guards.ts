/** Everything a window of ours never does: leave its page, open another, ask for rights, download. */
import { app, type Session, type WebContents } from 'electron';
import { isOurs } from './app-protocol.ts';

/** Call before the first window is made. */
export function guardContents(): void {
  // What asks neither the content policy nor the session's requests: names that are looked up (a prefetch), a
  // call's servers, and the made-up name that a call tells the local network in its address's place.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-features', 'WebRtcHideLocalIpsWithMdns');
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => {
      if (!isOurs(event.url) || !event.isMainFrame) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
  });
}

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => {
    answer({});
  });
  session.on('will-download', (event) => {
    event.preventDefault();
  });
  // Only our own schemes load anything: no http, no file, no remote font, no DNS.
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !/^(?:app|photo|devtools):/.test(request.url) });
  });
  session.setSpellCheckerEnabled(false);
}
