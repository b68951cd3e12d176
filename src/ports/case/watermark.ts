// Port: up to when every flagged login has its case, kept across restarts and crashes. Several processes may share one directory; each
// keeps its own mark, and takes over those of processes that ended.

export interface Watermark {
  /** Epoch milliseconds: the earliest of this process's mark and those of ended processes. Null: nobody has kept one here. */
  read(): Promise<number | null>;
  /** Whole or not at all. Takes the place of every mark that `read` saw. Rejects when it cannot be written, and then changed nothing. */
  write(atMs: number): Promise<void>;
}
