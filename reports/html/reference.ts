/** The end of the page: how numbers are measured, glossary, environment, raw data. */
import { gzipSync } from 'node:zlib';
import type { Result } from '../../harness/result/schema.ts';
import { serverName } from '../../harness/result/server-name.ts';
import { duration, significant, timestamp } from '../model/format.ts';
import { GLOSSARY } from '../model/glossary.ts';
import { allMetricNotes, noteName } from '../model/metrics.ts';
import { roundsWords } from '../model/rounds.ts';
import { breakable, html, type Markup, trusted } from './markup.ts';

export function measurementList(): Markup {
  return html`<dl class="notes">${allMetricNotes().map(
    ({ name, label, measured }) =>
      html`<div id="${noteId(name)}"><dt>${label} <code>${name}</code></dt><dd>${measured}</dd></div>`,
  )}</dl>`;
}

/** The name of a metric, leading to how it is measured: said once on the page, whoever asks. */
export function metricLink(name: string): Markup {
  const code = html`<code>${breakable(name, '.')}</code>`;
  const note = noteName(name);
  return note === undefined ? code : html`<a href="#${noteId(note)}">${code}</a>`;
}

function noteId(note: string): string {
  return `metric-${note}`;
}

export function glossaryList(): Markup {
  return html`<dl class="notes glossary">${GLOSSARY.map(
    ({ term, chinese, meaning }) =>
      html`<div><dt>${term}${chinese === undefined ? '' : html` <span lang="zh-Hant">${chinese}</span>`}</dt><dd>${meaning}</dd></div>`,
  )}</dl>`;
}

export function provenanceList(result: Result): Markup {
  const { provenance: p } = result;
  const took = duration(p.startedAt, p.finishedAt);
  const rows: readonly (readonly [string, string | Markup])[] = [
    ['Command', html`<code>${p.command}</code>`],
    ['Seed', String(p.seed)],
    ['Plan', html`<code class="hash">${p.planHash}</code>`],
    ['Profile', `${p.profile}, ${roundsWords(result)}`],
    ['Time', `${timestamp(p.startedAt)} to ${timestamp(p.finishedAt)}${took === null ? '' : ` (${took})`}`],
    ['cachestorm', html`${p.cachestorm}${revision(result)}`],
    ['Machine', `${p.host.cpus} × ${p.host.cpuModel}, ${significant(p.host.memoryBytes / 1024 ** 3)} GiB`],
    ['System', `${p.host.platform}, kernel ${p.host.kernel}, Node ${p.node}`],
    ['Infra', p.infra],
    ...p.backends.map((backend) => [backend.kind, serverName(backend)] as const),
    [
      'Packages',
      Object.entries(p.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['Result', html`schema ${result.schemaVersion}, run <code>${result.runId}</code>`],
  ];
  return html`<dl class="provenance">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function revision(result: Result): Markup {
  const { git } = result.provenance;
  if (git === null) return html`, not in a git working tree`;
  return html`, revision <code class="hash">${git.revision}</code>${git.dirty ? ', with uncommitted changes' : ''}`;
}

/** Past this the page would weigh more than it is worth; the file beside it has the data. */
const MOST_EMBEDDED_BYTES = 512 * 1024;

/**
 * The whole result inside the page: it works offline and can't be parted from its report. Packed, or it would be the
 * heaviest part of it.
 */
export function rawData(result: Result): Markup {
  const bytes = Buffer.from(JSON.stringify(result));
  const packed = gzipSync(bytes, { level: 9 });
  if (packed.length > MOST_EMBEDDED_BYTES) {
    return html`<p><a href="result.json">result.json</a> (${kib(bytes)}), beside this file, holds every number of this page, each round on its own. It is too large to lie inside the page: keep the two together.</p>`;
  }
  const data = trusted(packed.toString('base64'));
  return html`<p><a download="result.json.gz" href="data:application/gzip;base64,${data}">result.json.gz</a> (${kib(packed)}; unpacked ${kib(bytes)}) holds every number of this page, each round on its own; result.json lies beside this file, too.</p>`;
}

function kib({ length }: Buffer): string {
  return `${significant(Math.ceil(length / 1024))} KiB`;
}

/** The scenario as it was run, every default filled in. */
export function settingsBlock(settings: Readonly<Record<string, unknown>>): Markup {
  return html`<details class="settings"><summary>Settings of this scenario, every default filled in</summary><pre>${JSON.stringify(settings, null, 2)}</pre></details>`;
}
