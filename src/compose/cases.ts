// What the service needs of cases from its first moment: a place where flagged logins wait, and a note of how far cases were opened. All else
// (case-side.ts) is loaded when the door is open, so that no start waits for it.
import { createWatermarkFile, isProcessRunning } from '../adapters/watermark-file/watermark-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Check } from '../http/dependencies.ts';
import type { EraseCases } from '../learn/account-record.ts';
import type { CasePorts } from '../review/cases/ports.ts';
import type { Intake } from '../review/open/intake.ts';
import { caseMetrics } from '../telemetry/case-metrics.ts';
import { contextMetrics } from '../telemetry/context-metrics.ts';
import { explainMetrics } from '../telemetry/explain-metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { KeepOptions } from './case-options.ts';
import type { CaseSide } from './case-side.ts';

export interface KeptCases {
  /** Opens the review side, once; called when the door is open. */
  open(metrics: Metrics): void;
  side(): Promise<CaseSide | null>;
  /** Null while the case database cannot be opened. */
  readonly ports: () => Promise<CasePorts | null>;
  check(): Check;
  readonly erase: EraseCases;
  close(): Promise<void>;
}

/** Notes that flagged logins will want cases; everything else about cases is loaded when `open` is called. */
export async function keepCases(options: KeepOptions): Promise<KeptCases> {
  const { settings, core, intake } = options;
  const { clock } = core;
  const watermark = createWatermarkFile({ directory: settings.dataDir, pid: process.pid, isRunning: isProcessRunning });
  const settledUntilMs = await watermark.read();
  // Before the first login is flagged, so that a crash a moment later leaves a mark from before it.
  if (settledUntilMs === null) await watermark.write(clock.nowMs());
  let side: CaseSide | null = null;
  let opening: Promise<CaseSide | null> = Promise.resolve(null);
  return {
    open(metrics) {
      opening = import('./case-side.ts').then(({ caseFigures, openCaseSide }) => {
        const open = openCaseSide({ ...options, watermark, settledUntilMs });
        for (const metric of caseMetrics(() => caseFigures(open, intake))) metrics.gauge(metric);
        for (const metric of contextMetrics(() => open.sample?.context ?? null)) metrics.gauge(metric);
        for (const metric of explainMetrics(() => open.sample?.counted ?? [])) metrics.gauge(metric);
        side = open;
        return open;
      });
    },
    side: () => opening,
    ports: async () => (await opening)?.ports() ?? null,
    check: () => caseCheck(side, intake),
    erase: async (tenant, account, by) => (await opening)?.eraseAccount(tenant, account, by) ?? 0,
    async close() {
      await (await opening)?.close();
    },
  };
}

/** Never says that scoring is not ready: it does not need cases. */
function caseCheck(side: CaseSide | null, intake: Intake): Check {
  const trouble = side?.trouble() ?? null;
  const state = side === null ? 'being opened' : (trouble ?? (side.scanning ? 'looking for flagged logins without a case' : 'open'));
  return { name: 'cases', ok: trouble === null, required: false, detail: `${state}; ${intake.waiting} flagged logins waiting` };
}

/** What an earlier start kept is still erased where cases are now off. */
export async function eraseLeftCases(settings: Settings, ...[tenant, account, by]: Parameters<EraseCases>): Promise<number> {
  const { eraseFrom } = await import('./case-side.ts');
  return eraseFrom(settings.dataDir, tenant, account, by);
}
