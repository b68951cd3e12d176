// The tables of cases.sqlite, as numbered steps: the file says in `user_version` how many of them it has been through. A step that was
// released is never changed; what must be different is a new step.
//
// STRICT, so that a value of another type than the code believes in is refused when it is written. No triggers, no views: what
// happens in the file is what this folder's code says, and a file that holds any is not ours.

/** "PCUL" in ASCII: by this a file says that it is ours, and not some other program's database put in its place. */
export const applicationId = 0x5043554c;

const cases = `
create table flagged_case (
  -- Given in the order of commits, and never again: lists are paged by it.
  seq integer primary key autoincrement,
  tenant text not null,
  id text not null,
  assessment_id text not null,
  account text not null,
  occurred_ms integer not null,
  opened_ms integer not null,
  tier integer not null,
  severity real not null,
  verdict text not null,
  level text not null,
  score real not null,
  codes text not null,
  shown text not null,
  -- Place in caseStates; 1 is resolved.
  state integer not null,
  label text,
  comment text,
  -- Keys the digest by which the audit knows the comment, and is erased with it.
  comment_salt text,
  resolved_by text,
  resolved_ms integer,
  reopened_by text,
  reopened_ms integer,
  campaign text,
  -- The kinds of link by which it came into its campaign.
  joined_by text not null default '[]'
) strict;
create unique index case_by_id on flagged_case (tenant, id);
create unique index case_by_assessment on flagged_case (tenant, assessment_id);
create index case_by_account on flagged_case (tenant, account);
create index case_by_arrival on flagged_case (tenant, seq);
create index case_by_severity on flagged_case (tenant, severity, seq);
create index open_case_by_arrival on flagged_case (tenant, seq) where state <> 1;
create index open_case_by_severity on flagged_case (tenant, severity, seq) where state <> 1;
create index case_by_campaign on flagged_case (campaign, seq) where campaign is not null;
create index case_by_opening on flagged_case (opened_ms);

-- Apart from the case, because a list reads hundreds of cases and none of this. "traces" and "words" say what to delete with it.
create table case_body (
  seq integer primary key,
  assessment text not null,
  context text not null,
  visit text not null,
  traces text not null,
  words text not null
) strict;

create table case_trace (
  tenant text not null,
  kind text not null,
  value text not null,
  occurred_ms integer not null,
  seq integer not null,
  primary key (tenant, kind, value, occurred_ms, seq)
) strict, without rowid;

create table case_word (
  tenant text not null,
  word text not null,
  seq integer not null,
  primary key (tenant, word, seq)
) strict, without rowid;
`;

const campaigns = `
create table campaign (
  seq integer primary key autoincrement,
  tenant text not null,
  id text not null unique,
  -- Set when it became part of another; then it has no members, and stays so that its id goes on leading somewhere.
  merged_into text,
  cases integer not null,
  open_cases integer not null,
  accounts integer not null,
  first_ms integer not null,
  last_ms integer not null,
  tier integer not null
) strict;
create index campaign_by_arrival on campaign (tenant, seq) where merged_into is null;
create index campaign_by_merger on campaign (merged_into) where merged_into is not null;

create table campaign_account (
  campaign text not null,
  account text not null,
  cases integer not null,
  primary key (campaign, account)
) strict, without rowid;

create table campaign_link (
  campaign text not null,
  kind text not null,
  cases integer not null,
  primary key (campaign, kind)
) strict, without rowid;
`;

const readings = `
create table explanation (
  seq integer not null,
  version integer not null,
  key text not null,
  source text not null,
  final integer not null,
  at_ms integer not null,
  body text not null,
  primary key (seq, version)
) strict, without rowid;
create unique index explanation_by_key on explanation (seq, key);
-- The last word is said once, whatever the code above believes.
create unique index final_explanation on explanation (seq) where final = 1;

create table feedback (
  id integer primary key autoincrement,
  tenant text not null,
  seq integer not null,
  version integer not null,
  -- Empty: the case as a whole.
  finding text not null,
  by text not null,
  opinion text not null,
  comment text not null,
  at_ms integer not null,
  unique (seq, version, finding, by)
) strict;
create index feedback_by_tenant on feedback (tenant, id);

create table audit (
  sequence integer primary key,
  at_ms integer not null,
  tenant text not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail text not null,
  hash text not null
) strict;
create index audit_by_tenant on audit (tenant, sequence);
create index audit_by_subject on audit (tenant, subject, sequence) where subject <> '';

create table audit_end (
  one integer primary key check (one = 1),
  sequence integer not null,
  hash text not null,
  seal text not null
) strict;
`;

const jobs = `
create table job (
  seq integer primary key autoincrement,
  id text not null unique,
  tenant text not null,
  tier integer not null,
  dedupe_key text not null,
  subject text not null,
  payload text not null,
  deadline_ms integer not null,
  enqueued_ms integer not null,
  -- Place in jobStates.
  state integer not null,
  attempts integer not null,
  lease text,
  -- When it may next be looked at: end of the lease, of the wait, or the moment it ended.
  until_ms integer not null,
  error text,
  unique (tenant, dedupe_key)
) strict;
create index job_waiting on job (tier, deadline_ms, seq) where state = 0;
create index job_timed on job (state, until_ms) where state in (1, 2, 3);
create index job_dead on job (tenant, until_ms, id) where state = 4;
create index job_by_subject on job (tenant, subject);
create index job_unfinished on job (tier, state, enqueued_ms, deadline_ms) where state <> 3;

create table job_total (
  tier integer primary key,
  ended integer not null,
  missed integer not null
) strict;
`;

const tellings = `
create table telling (
  seq integer not null,
  -- 1, 2, 3 within a case.
  number integer not null,
  key text not null,
  kind text not null,
  at_ms integer not null,
  body text not null,
  primary key (seq, number)
) strict, without rowid;
create unique index telling_by_key on telling (seq, key);
`;

const assets = `
create table asset (
  tenant text not null,
  client_id text not null,
  changed_ms integer not null,
  -- 0: the mark of a removed one, without facts.
  described integer not null,
  name text,
  owner text,
  sensitivity text,
  environment text,
  note text,
  by text not null,
  primary key (tenant, client_id)
) strict, without rowid;
-- Also what counts them quickly.
create index asset_removed on asset (tenant, described, changed_ms);
`;

const baselines = `
create table baseline_day (
  tenant text not null,
  -- Days since 1970.
  day integer not null,
  logins integer not null,
  failures integer not null,
  -- A list of counts by place in tiers.
  flagged text not null,
  -- A sketch of who there was; see domain/baseline/distinct.ts.
  accounts text not null,
  countries integer not null,
  networks integer not null,
  primary key (tenant, day)
) strict, without rowid;
create index baseline_by_day on baseline_day (day);

create table baseline_place (
  tenant text not null,
  -- Place in placeKinds.
  kind integer not null,
  value text not null,
  day integer not null,
  logins integer not null,
  flagged integer not null,
  primary key (tenant, kind, value, day)
) strict, without rowid;
create index baseline_place_by_day on baseline_place (tenant, day);

create table baseline_mark (
  tenant text primary key,
  until_ms integer not null
) strict, without rowid;

create table baseline_end (
  one integer primary key check (one = 1),
  until_ms integer not null
) strict;
`;

const erasures = `
-- So that no process that still carries a login of theirs brings a case of it back.
create table erased_account (
  digest text primary key,
  at_ms integer not null
) strict, without rowid;
create index erased_by_time on erased_account (at_ms);
`;

export const migrations: readonly string[] = [cases + campaigns + readings + jobs, tellings, assets + baselines, erasures];
