export interface VscodeServerOptions {
  profile?: string;
  vsix?: readonly string[];
  settings?: Readonly<Record<string, unknown>>;
  machineSettings?: Readonly<Record<string, unknown>>;
  env?: Readonly<Record<string, string>>;
  args?: readonly string[];
  port?: number;
  restricted?: boolean;
}
export interface VscodeServer {
  readonly url: string;
  readonly authority: string;
  readonly folder: string;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  log(): string;
  stop(): Promise<void>;
}
export function startVscodeServer(options?: VscodeServerOptions): Promise<VscodeServer>;
