/**
 * Tells the engine when the person needs the machine for something else: they use another program, or it
 * runs on battery. Told again and again, as an engine that was started anew knows nothing of it.
 */
import { app, BrowserWindow, powerMonitor } from 'electron';
import type { Params } from '../common/contract.ts';
import type { Client } from '../common/rpc.ts';

type Reason = Params<'work.gentle'>['reason'];

const everyMs = 5_000;
/** So long after the last key or movement the person is away. */
const awaySeconds = 60;

/** Call once Electron is ready. */
export function watchPresence(engine: Client): void {
  const tell = () => {
    // An engine that is gone is told with the next turn.
    engine.call('work.gentle', { reason: reasonNow() }).catch(() => undefined);
  };
  const timer = setInterval(tell, everyMs);
  powerMonitor.on('on-battery', tell);
  powerMonitor.on('on-ac', tell);
  app.on('browser-window-focus', tell);
  app.on('will-quit', () => {
    clearInterval(timer);
  });
}

function reasonNow(): Reason {
  if (powerMonitor.isOnBatteryPower()) return 'battery';
  // Whoever looks at our window waits for the work.
  if (BrowserWindow.getFocusedWindow() !== null) return null;
  return powerMonitor.getSystemIdleTime() < awaySeconds ? 'using' : null;
}
