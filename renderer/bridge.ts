/** The window's two clients: the engine, and the shell around it. */
import { connectBridge } from '../common/bridge.ts';

export const { engine, shell } = connectBridge(window.wanwu);
