// Why a store of cases or jobs could not answer. It is an error of one sentence, because nobody between the store and the door can do
// anything about it; the door answers 503 and the operator reads the sentence.

export type StorageTrouble =
  /** Another process held the database for too long. */
  | 'busy'
  /** The disk is full or the file may not be written. */
  | 'full'
  /** The file is damaged. */
  | 'damaged'
  /** More is waiting for the store than memory should hold. */
  | 'overloaded'
  /** The store is closed, or its thread ended. */
  | 'unavailable'
  /** Anything else that the database refused. */
  | 'failed';

export class StorageFailure extends Error {
  readonly trouble: StorageTrouble;
  constructor(trouble: StorageTrouble, sentence: string) {
    super(sentence);
    this.name = 'StorageFailure';
    this.trouble = trouble;
  }
}
