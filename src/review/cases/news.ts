// Passes the word from whoever explains to the readers of this process.
import type { ExplanationNews } from '../../ports/case/explanation-news.ts';

export interface NewsDesk extends ExplanationNews {
  told(tenant: string, caseId: string): void;
  /** Who listens now, over all cases. */
  listeners(): number;
}

export function createNewsDesk(): NewsDesk {
  const waiting = new Map<string, Set<() => void>>();
  return {
    listen(tenant, caseId, wake) {
      const key = JSON.stringify([tenant, caseId]);
      // The same function twice is two listeners.
      const listener = (): void => wake();
      waiting.set(key, (waiting.get(key) ?? new Set()).add(listener));
      return () => {
        const others = waiting.get(key);
        others?.delete(listener);
        if (others?.size === 0) waiting.delete(key);
      };
    },
    told(tenant, caseId) {
      for (const wake of waiting.get(JSON.stringify([tenant, caseId])) ?? []) wake();
    },
    listeners: () => [...waiting.values()].reduce((sum, listeners) => sum + listeners.size, 0),
  };
}
