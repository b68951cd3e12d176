// Port: word that something was told of a case, so that who reads its log need not ask all the time. Only a hint: another process may have
// written, so a reader asks now and then all the same.

export interface ExplanationNews {
  /** Calls `wake` after each telling of the case by this process, until the returned function is called. */
  listen(tenant: string, caseId: string, wake: () => void): () => void;
}
