/**
 * Which files the user looked at, most recent first, bounded.
 */
import { fileKey, type FileRef } from './fileRef';

export class RecentFiles {
  private readonly byKey = new Map<string, FileRef>();

  constructor(private readonly capacity = 20) {}

  viewed(file: FileRef): void {
    const key = fileKey(file);
    this.byKey.delete(key);
    this.byKey.set(key, file);
    if (this.byKey.size > this.capacity) this.byKey.delete(this.byKey.keys().next().value ?? '');
  }

  forget(file: FileRef): void {
    this.byKey.delete(fileKey(file));
  }

  recent(): FileRef[] {
    return [...this.byKey.values()].reverse();
  }
}
