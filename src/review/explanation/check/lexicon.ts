// The words that a finding may be made of, and what each does in a sentence. A word that is not here is not said: the list is what keeps
// conclusions, advice and whatever else the evidence cannot carry out of an explanation.
//
// A notion is what a word is about ("device"); a claim word says something of it on a scale with two ends ("known" +, "new" -). Words in
// one line mean the same here. Underscores join words of one expression. Inflections that follow a rule are found by `senseOf`.

export type Sense =
  | { readonly kind: 'general' }
  | { readonly kind: 'notion'; readonly notion: string }
  | { readonly kind: 'claim'; readonly axis: string; readonly sign: 1 | -1 }
  /** `zero`: also counts: "no failures". */
  | { readonly kind: 'negator'; readonly zero: boolean }
  /** Ends a clause. `soft`: only around a number with a unit. */
  | { readonly kind: 'link'; readonly soft: boolean }
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'risk'; readonly role: 'raise' | 'lower' | 'noun' | 'against' | 'for' }
  | { readonly kind: 'compare'; readonly bound: 'about' | 'least' | 'most' | 'below' }
  | { readonly kind: 'vague'; readonly from: number; readonly to: number }
  | { readonly kind: 'sense'; readonly sense: 'rarer' | 'commoner' | 'longer' | 'shorter' | 'closer' }
  | { readonly kind: 'order'; readonly order: 'after' | 'before' | 'rank' }
  | { readonly kind: 'forbidden' };

const general = `
a an the this that these those it its it's itself they them their there's such own
is are was were be been being am has have had having do does did doing can could would will may might
of to for from by on into onto out up as if so both also again still even just only merely simply exactly precisely together alone
now then today currently lately recently recent late latest current present past previous earlier prior
very quite rather too somewhat fairly entirely completely fully wholly clearly all_in_all at_all
good successful successfully well completed
any than saw seen see sees observed appeared appear appears came come comes coming arrived arrive arrives arriving arise arose occurred occur occurs happened happen happens
made make makes making took take takes taken taking needed need needs required require requires
gave give gives given shows show shown showed showing said say says states state stated recorded record records counted count counts measured
belongs belong belonging lies lie located sits comes_from set sets used use uses using reached reach reaches found find finds held
connected connect connects connecting connection carries carry carried presents present presented presenting
sent send sends works worked stands stand remains remain remained kept keep keeps turned turn turns covers cover covered covering spans span
went go goes gone moved move moves ran run runs running began begin begins started start starts
put puts placed stems stem follows whose who whom where how why what one ones
times time moment instant day days week
total overall average averaged together sum value number amount figure figures size
way part rest kind kinds sort sorts type_of_thing thing things fact case reason reasons sign signs signal signals indication evidence pattern
name names named naming called shape shaped form_of means mean meaning
utc or per each every since ago of_them of_these of_those of_which
anyone anybody someone somebody
first_of_all in_fact in_total in_all as_well by_far as_follows
close away apart back far long quick short high low large small big little great
set_to on_average at_about more less
further continues continue continued getting get gets leads lead led instead instead_of behind asks ask asked everything implied implies imply originates originated originate took_place takes_place taken_place before_this_login before_this before_the_login before_it before_that as_before than_before from_before give`;

/** "notion: words that name it" */
const notions = `
account: account user accountholder holder
attempt: attempt sign-in_attempt login_attempt access
login: login logins log-in sign-in signin logon sign-ins log-ins logged_in signed_in sign_in log_in signs_in logs_in signing_in logging_in signed logged
device: device machine computer
network: network asn networks autonomous_system
operator: operator provider organisation organization
address: address ip ip_address source_address
block: block subnet range neighbouring neighboring neighbour neighbor neighbourhood surroundings surrounding
country: country
region: region province
city: city town
place: place location position spot origin
here: here there
zone: time_zone timezone zone
clock: clock
language: language browser_language
client: client software user_agent
browser: browser
system: operating_system os system platform
type: device_type type
version: version
screen: screen display resolution
fingerprint: fingerprint
hour: hour time_of_day time_of_the_day hours_of_the_day weekday day_of_the_week minute
try: tries attempts try tried trying attempted login_attempts sign-in_attempts
others: other_accounts other_account other_users colleagues colleague coworkers accounts users other_people others_accounts
other: other others elsewhere remaining additional further_ones
everybody: everybody everyone all_accounts all_users tenant population overall_population people_in_general anybody's
challenge: challenge challenges push_notification prompt prompts
credential: credential factor secret sign-in_method method authentication
session: session
began: began_in began_on started_in started_on
keys: key keys keystroke keystrokes typing typed type_in types_in press presses pressed
rhythm: rhythm cadence typing_rhythm
hold: hold holds held holding dwell
gap: gap gaps flight pause_between
spread: spread vary varies variation scatter deviation_of
sample: sample samples
form: form login_form
list: list lists blocklist blocklists feed feeds blacklist list_holds lists_hold blocklist_holds blocklists_hold
report: report reports entries entry
age: age old aged
created: created
distance: distance km kilometre kilometres kilometer kilometers miles
speed: speed pace velocity
travel: travel travelled traveled trip journey way_between route travelling traveling
uncertainty: uncertainty error location_error margin margin_of_error accuracy tolerance imprecision give_or_take wrong_by may_be_wrong
probability: probability likelihood chance certainty
trust: trust trusted confidence reliability
share: share proportion fraction percentage
difference: difference gap_between offset
nearest: nearest closest most_similar
compare: compared compare comparison comparable
check: claim claims checks check details attributes properties
first: first firstly
last: last most_recent
interval: interval pause break gap_between_logins
history: history track_record
limit: limit cap ceiling at_most_counted counting_limit
window: window period
all: altogether
home: known_good at_home
source: source sources
spray: spray password_spray sprayed spraying spray_attack password_spraying
burst: burst series run_of_failures
half: half
without: never_signed_in_well
attack: attack attacks
id: id identifier device_id device_identifier
ratio: ratio
combination: combination conjunction`;

/** "scale +: words | opposite words" */
const claims = `
familiar: known knows know all_known all_familiar familiar recognised recognized remembered before previously already ever yet | new all_new all_unknown unfamiliar unknown unseen unrecognised unrecognized novel strange first-time for_the_first_time first_time first_login_from first_login_with first_sign-in_from first_sign-in_with new_to unused
usual: usual usually normal normally typical typically habitual habitually customary accustomed regular regularly often frequently routine routinely habit ordinary ordinarily expected | unusual unusually abnormal atypical untypical irregular seldom rarely infrequently uncharacteristic out_of_character odd unexpected
common: common widespread popular frequent commonplace commonly | rare uncommon scarce exotic
impossible: impossible infeasible unfeasible physically_impossible
plausible: plausible possible feasible likely explainable explained easily easy doable plausibly | implausible unlikely improbable hard_to_explain difficult_to_explain hardly_possible inexplicable
match: match matches matching matched agree agrees agreed agreeing fit fits fitting consistent correspond corresponds coherent coincide aligned align aligns | mismatch mismatched mismatches contradict contradicts contradicting contradiction contradictions contradictory inconsistent inconsistency inconsistencies disagree disagrees conflict conflicts conflicting deviates deviate diverges
same: same identical equal | different differs differ differing differently another other_than unlike
hidden: hidden hides hide hiding anonymous anonymised anonymized anonymously anonymiser anonymizer anonymisation anonymity masked masks mask conceals concealed concealing disguised obscured obscures
listed: listed blocklisted reported | unlisted
failure: failed failure failures fail fails failing unsuccessful in_vain rejected wrong unanswered refused
breached: breached breach leaked leak breaches data_breach exposed known_from_a_breach known_from_any_breach known_from_a_data_breach known_from_any_data_breach known_from_breaches known_from_a_leak known_breach known_breaches exposed_in_a_breach exposed_in_any_breach exposed_in_a_data_breach leaked_in_a_breach leaked_in_a_data_breach
phishable: phishable guessable phished guessed | phishing-resistant phishing_resistant unphishable
strong: strong | weak
automated: automated automation automatic automatically scripted remotely_controlled machine-made by_machine program program-controlled
human: human humans person people manual manually by_hand hand-typed | inhuman
change: changed change changes reset replaced modified | unchanged
dormant: dormant inactive idle unused_for dormancy inactivity | active
established: established long-standing mature | young
shared: shared
similar: similar resembles resemble alike looks_like similarity | dissimilar
success: right correct accepted succeeded succeeds success
excess: more_than_usual unusually_many more_than_is_usual unusual_share | no_more_than_usual no_more_than_is_usual no_more_than_people_mistype`;

/** "value of a closed set: words that say it" */
const values = `
hosting: hosting data_centre data_center datacentre datacenter cloud hosting_network hosting_provider data_centres server_farm
isp: isp residential consumer consumer_internet_provider consumer_provider home_internet internet_provider broadband internet_service_provider consumer_network
mobile: mobile cellular mobile_carrier carrier mobile_network mobile_operator
business: business corporate company
education: education school university educational
government: government
tor: tor tor_exit tor_network tor_exit_node
proxy: proxy open_proxy public_proxy
vpn: vpn vpn_service vpns
relay: relay privacy_relay
cdn: cdn content_network
password: password passwords
passkey: passkey
otp: otp one_time_code one_time_password one-time_code one-time_password
push: push
magic_link: magic_link
federated: federated federation federated_sign-in
certificate: certificate
recovery: recovery recovered account_recovery
desktop: desktop
tablet: tablet
http_library: http_library library programming_library
headless: headless headless_browser
crawler: crawler
key by key: key_by_key
general rhythm: general_rhythm
Monday: monday mondays
Tuesday: tuesday tuesdays
Wednesday: wednesday wednesdays
Thursday: thursday thursdays
Friday: friday fridays
Saturday: saturday saturdays
Sunday: sunday sundays`;

/** Words that judge, advise, blame or command: never the evidence's, whatever else a sentence says. */
const forbidden = `
ignore disregard override bypass whitelist whitelisted allowlist allow-list safelist approve approved approval authorise authorised authorize authorized
test_account test_user scheduled_scan penetration_test pentest red_team exercise drill false_positive false_alarm confirmed_safe confirmed confirm
safe benign harmless legitimate genuine authentic trustworthy innocent malicious fraud fraudulent fraudster attacker attackers hacker hackers hacked
compromised takeover stolen theft criminal botnet malware phishing victim impostor imposter
instruction instructions prompt_injection jailbreak developer admin administrator please must should ought recommend recommended
allow deny block_the close_the dismiss dismissed escalate verdict score severity assistant model`;

const negators =
  "not never cannot can't isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't couldn't neither nor no_longer hardly barely scarcely lacks lacking nothing far_from not_at_all";
const zeros = 'no none zero without nobody no_one not_a_single not_one';
const links =
  "and but while whereas although though which who that's because yet however so_that when whenever plus since_then unlike_before";
const softLinks = 'with at in over within given despite during under through across between among amid against';

const plainBlocks: readonly (readonly [text: string, sense: Sense])[] = [
  [general, { kind: 'general' }],
  [softLinks, { kind: 'link', soft: true }],
  [links, { kind: 'link', soft: false }],
  [negators, { kind: 'negator', zero: false }],
  [zeros, { kind: 'negator', zero: true }],
  [
    'suspicious suspiciously risky riskier worrying concerning alarming speaks_against speak_against red_flag points_against points_to_risk suspect',
    { kind: 'risk', role: 'against' },
  ],
  [
    'reassuring reassures unsuspicious unremarkable speaks_for speak_for supports support favourable favorable in_favour_of in_favor_of speaks_in_favour_of counts_for vouch vouches',
    { kind: 'risk', role: 'for' },
  ],
  [
    'raises raise raising raised increases increase increasing increased heightens heighten elevates elevated adds_to add_to',
    { kind: 'risk', role: 'raise' },
  ],
  [
    'lowers lower lowering lowered reduces reduce reducing reduced decreases decrease decreased lessens lessen eases',
    { kind: 'risk', role: 'lower' },
  ],
  ['risk risks suspicion suspicions doubt doubts concern concerns', { kind: 'risk', role: 'noun' }],
  ['about around roughly approximately nearly almost some circa approx', { kind: 'compare', bound: 'about' }],
  ['more_than above at_least no_less_than no_fewer_than upwards_of exceeding exceeds', { kind: 'compare', bound: 'least' }],
  ['at_most no_more_than up_to not_more_than', { kind: 'compare', bound: 'most' }],
  ['less_than fewer_than below', { kind: 'compare', bound: 'below' }],
  ['many numerous a_lot_of lots_of', { kind: 'vague', from: 10, to: Number.POSITIVE_INFINITY }],
  ['dozens_of dozens', { kind: 'vague', from: 24, to: 300 }],
  ['several multiple', { kind: 'vague', from: 3, to: 30 }],
  ['hardly_any next_to_no', { kind: 'vague', from: 0, to: 3 }],
  ['few a_few a_handful_of a_handful', { kind: 'vague', from: 1, to: 5 }],
  [
    'rarer less_common less_often less_usual less_frequent less_frequently less_typical less_likely as_rare more_rare more_unusual less_regularly less_popular',
    { kind: 'sense', sense: 'rarer' },
  ],
  [
    'commoner more_common more_often more_usual more_frequent more_frequently as_common as_often as_usual as_frequent as_likely more_typical as_popular as_frequently',
    { kind: 'sense', sense: 'commoner' },
  ],
  ['longer as_long', { kind: 'sense', sense: 'longer' }],
  ['shorter as_short', { kind: 'sense', sense: 'shorter' }],
  ['closer', { kind: 'sense', sense: 'closer' }],
  ['after following preceded_by in_the_wake_of', { kind: 'order', order: 'after' }],
  ['preceded precede precedes followed_by ahead_of', { kind: 'order', order: 'before' }],
  [
    'strongest main mainly primary primarily biggest largest heaviest chief chiefly foremost decisive weightiest above_all',
    { kind: 'order', order: 'rank' },
  ],
  [forbidden, { kind: 'forbidden' }],
];

const lexicon = new Map<string, Sense>();
/** Words of the longest expression, so that a search for one need not look further. */
let longest = 1;

function enter(text: string, sense: Sense): void {
  for (const word of text.trim().split(/\s+/)) {
    const expression = word.replaceAll('_', ' ');
    lexicon.set(expression, sense);
    longest = Math.max(longest, expression.split(' ').length);
  }
}

/** Lines "name: words". */
function enterLines(text: string, senseOfName: (name: string) => Sense, from: (words: string) => string = (words) => words): void {
  for (const line of text.trim().split('\n')) {
    const colon = line.indexOf(':');
    enter(from(line.slice(colon + 1)), senseOfName(line.slice(0, colon)));
  }
}

for (const [text, sense] of plainBlocks) enter(text, sense);
enterLines(notions, (notion) => ({ kind: 'notion', notion }));
enterLines(values, (value) => ({ kind: 'value', value }));
enterLines(
  claims,
  (axis) => ({ kind: 'claim', axis, sign: 1 }),
  (words) => words.split('|')[0] as string,
);
for (const line of claims.trim().split('\n')) {
  const opposite = line.split('|')[1];
  if (opposite !== undefined) enter(opposite, { kind: 'claim', axis: line.slice(0, line.indexOf(':')), sign: -1 });
}

export const expressionWordsMax = longest;

/** The sense of an expression in lower case, words parted by one blank; null when it is not in the lexicon. */
export function senseOf(expression: string): Sense | null {
  return lexicon.get(expression) ?? lexicon.get(expression.replace(/'s?$/, '')) ?? pluralSense(expression);
}

/** "browsers" is "browser", "countries" is "country", "addresses" is "address": for notions and values only. */
function pluralSense(expression: string): Sense | null {
  for (const [ending, singular] of plurals) {
    const sense = expression.endsWith(ending) ? lexicon.get(expression.slice(0, -ending.length) + singular) : undefined;
    if (sense?.kind === 'notion' || sense?.kind === 'value' || sense?.kind === 'forbidden') return sense;
  }
  return null;
}

const plurals = [
  ["s'", ''],
  ['ies', 'y'],
  ['es', ''],
  ['s', ''],
] as const;
