// The memory that JavaScript of a Node process really holds: asked through its inspector, after a collection of garbage.
// The resident memory of a process says little: V8 collects when it likes.
import { WebSocket } from 'ws';

const INSPECTOR = 'http://127.0.0.1:9229/json/list';
const POLL_MS = 100;
const LIMIT_MS = 10_000;

/** In MB. Opens the inspector of the process, which stays open. */
export async function heapMegabytes(pid) {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await inspectorAddress());
  try {
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await call(socket, 1, 'HeapProfiler.enable');
    await call(socket, 2, 'HeapProfiler.collectGarbage');
    const { usedSize } = await call(socket, 3, 'Runtime.getHeapUsage');
    return usedSize / 2 ** 20;
  } finally {
    socket.close();
  }
}

async function inspectorAddress() {
  for (const deadline = Date.now() + LIMIT_MS; ;) {
    try {
      const [target] = await (await fetch(INSPECTOR)).json();
      return target.webSocketDebuggerUrl;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function call(socket, id, method) {
  return new Promise((resolve, reject) => {
    const onMessage = (data) => {
      const message = JSON.parse(String(data));
      if (message.id !== id) return;
      socket.off('message', onMessage);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    };
    socket.on('message', onMessage);
    socket.send(JSON.stringify({ id, method }));
  });
}
