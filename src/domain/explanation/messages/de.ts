// The wording of explanations in German, ICU MessageFormat; see en.ts.
//
// Some names of countries need an article, so names stand in brackets; durations come in the nominative, so they stand where accusative or
// nominative is right. What may be followed by "und" is no relative clause, which would want a comma.
import { changeWords } from './de-changes.ts';
import { names } from './de-names.ts';
import type { MessageId } from './en.ts';

const weekday =
  '{weekday, select, Monday {Montag} Tuesday {Dienstag} Wednesday {Mittwoch} Thursday {Donnerstag} Friday {Freitag} Saturday {Samstag} other {Sonntag}}';
/** Dative, after "von". */
const ofTotal = '{total, plural, one {# guten Anmeldung} other {# guten Anmeldungen}}';

export const de: Readonly<Record<MessageId, string>> = {
  ...names,
  ...changeWords,
  with_name: '{thing} ({name})',
  client: '{browser} unter {system}',
  instead: '{now} statt {before}',
  one_in: '1 von {n, number}',
  no_time: 'weniger als eine Sekunde',
  just_now: 'vor weniger als zwei Stunden',
  device_type: '{type, select, desktop {Computer} mobile {Telefon} tablet {Tablet} other {anderes Gerät}}',
  method:
    '{method, select, password {Passwort} passkey {Passkey} otp {Einmalcode} push {Push-Bestätigung} magic_link {Anmeldelink} federated {Anmeldung über einen anderen Dienst} certificate {Zertifikat} recovery {Wiederherstellung} other {anderes Verfahren}}',

  'headline.risk':
    '{level, select, critical {Kritisches Risiko} high {Hohes Risiko} medium {Mittleres Risiko} other {Geringes Risiko}}, {verdict, select, deny {abgelehnt} challenge {mit Rückfrage} other {zugelassen}}: {story}.',
  'headline.weak': 'nur schwache Anzeichen, vor allem {story}',
  'headline.none': 'kein einzelnes Anzeichen sticht heraus',
  'headline.rank': 'Etwa 1 von {n, number} echten Anmeldungen hat einen so hohen Wert.',
  'headline.rank_extreme': 'Kaum eine echte Anmeldung hat einen so hohen Wert.',
  'headline.wrong_credential': 'Die Zugangsdaten waren falsch.',
  'headline.policy': 'Das Urteil folgt aus der Regel {rule}.',
  'headline.rules': 'Bewertet haben die Ersatzregeln, weil das Modell keine Antwort gab.',

  'headline.new_device_country': 'ein neues Gerät in einem neuen Land',
  'headline.new_device_network': 'ein neues Gerät in einem neuen Netz',
  'headline.new_device': 'ein neues Gerät',
  'headline.unproven_device': 'ein nicht wiederzuerkennendes Gerät',
  'headline.new_country': 'ein neues Land',
  'headline.new_place': 'ein neuer Ort',
  'headline.new_network': 'ein neues Netz',
  'headline.place_in_doubt': 'ein durch frühere Anmeldungen nicht gedeckter Ort',
  'headline.unfamiliar': 'eine nicht in allem vertraute Umgebung',
  'headline.impossible_way': 'eine unmögliche Reise ({distance}, Zeit dafür: {duration})',
  'headline.impossible_travel': 'eine unmögliche Reise',
  'headline.unlikely_way': 'eine kaum mögliche Reise ({distance}, Zeit dafür: {duration})',
  'headline.unlikely_travel': 'eine kaum mögliche Reise',
  'headline.tor': 'eine Adresse des Tor-Netzes',
  'headline.proxy': 'ein offener Proxy',
  'headline.vpn': 'eine VPN-Adresse',
  'headline.relay': 'ein Privacy-Relay',
  'headline.reported': 'eine wegen Angriffen gemeldete Adresse',
  'headline.hosting': 'eine Adresse in einem Rechenzentrum',
  'headline.unclear_origin': 'eine unklare Herkunft',
  'headline.rare_network': 'ein hier kaum benutztes Netz',
  'headline.rare_address': 'eine von keinem anderen Konto benutzte Adresse',
  'headline.success_after_failures': 'richtige Zugangsdaten nach Fehlversuchen',
  'headline.new_device_after_failures': 'Fehlversuche unmittelbar davor',
  'headline.failures': 'eine Reihe von Fehlversuchen',
  'headline.spray': 'das Durchprobieren eines Passworts bei vielen Konten',
  'headline.accounts_tried': 'vom selben Ort probierte fremde Konten',
  'headline.sources': 'Versuche unbekannter Quellen auf das Konto',
  'headline.shared_device': 'Versuche auf viele Konten mit einem Gerät',
  'headline.unusual_client': 'ein für das Konto ungewohnter Client',
  'headline.rare_client': 'ein seltener Client',
  'headline.clock': 'eine zum Ort nicht passende Uhr',
  'headline.language': 'eine ungewohnte Sprache',
  'headline.time_zone': 'eine ungewohnte Zeitzone',
  'headline.automation': 'ein automatisierter Client',
  'headline.inhuman_timing': 'unmenschliches Tippen',
  'headline.contradiction': 'ein widersprüchlicher oder kaum bestätigter Client',
  'headline.replay': 'eine bekannte Gerätekennung am falschen Platz',
  'headline.session': 'eine gewanderte Sitzung',
  'headline.typing': 'ein fremder Tipprhythmus',
  'headline.hour': 'eine ungewohnte Uhrzeit',
  'headline.dormant': 'ein lange stilles Konto',
  'headline.breached': 'ein durch ein Datenleck bekanntes Passwort',
  'headline.recovery': 'eine Wiederherstellung des Kontos',
  'headline.credential_change': 'kürzlich geänderte Zugangsdaten',
  'headline.phishable': 'ein leicht abzufischendes Verfahren',
  'headline.push_fatigue': 'eine erfolglose Rückfrage nach der anderen',
  'headline.challenges': 'fehlgeschlagene Rückfragen',
  'headline.young': 'ein Konto mit wenig Vorgeschichte',

  'thing.device': 'das Gerät',
  'thing.device_id': 'die Gerätekennung',
  'thing.country': 'das Land',
  'thing.region': 'die Region',
  'thing.city': 'die Stadt',
  'thing.place': 'der Ort',
  'thing.network': 'das Netz',
  'thing.this_network': 'diesem Netz',
  'thing.this_country': 'diesem Land',
  'thing.in_new_country': 'in einem für das Konto neuen Land',
  'thing.browser': 'der Browser',
  'thing.system': 'das Betriebssystem',
  'thing.device_type': 'die Art des Geräts',
  'thing.client': 'der Client',

  'newness.new': 'Neu für dieses Konto {count, plural, one {ist} other {sind}} {things}.',
  'newness.new_with_history':
    'Neu für dieses Konto {count, plural, one {ist} other {sind}} {things}; zum Vergleich gibt es {logins, plural, one {nur eine gute Anmeldung} other {# gute Anmeldungen}}.',
  'newness.hides': 'Das Gerät verbirgt zudem, wo es ist.',
  'newness.usual_network': 'das Netz {network}',
  'newness.usual': 'Üblich {count, plural, one {ist} other {sind}} {usual}.',
  'newness.nearest': 'Der nächste Ort, den es kennt, ist {distance} entfernt; die Ortung ist auf etwa {error} genau.',
  'newness.roaming': 'Etwa {share} seiner Anmeldungen kommen aus einem zuvor nie benutzten Netz.',
  'newness.new_id': 'Die Gerätekennung ist neu, doch ähnelt das Gerät einem früher benutzten, was wenig beweist.',
  'newness.judged_by_looks': 'Eine Gerätekennung fehlte, das Gerät wurde also nur nach seinem Aussehen beurteilt.',
  'newness.similar': 'Eine bekannte Gerätekennung fehlte; das Gerät ähnelt einem früher benutzten, was wenig beweist.',
  'newness.similar_to': 'Eine Gerätekennung fehlte; das Gerät ähnelt einem früher benutzten ({nearest}, zuletzt {ago}), was wenig beweist.',
  'newness.recent_device': 'Das Konto hat das Gerät schon benutzt, aber zu wenig, als dass es für den Versuch spräche.',
  'newness.recent_device_use':
    'Das Konto hat das Gerät schon benutzt ({logins, plural, one {eine gute Anmeldung} other {# gute Anmeldungen}}, zuerst {first}, zuletzt {last}), aber nicht so, dass es für den Versuch spräche.',
  'newness.little_network': 'Das Konto kennt das Netz, hat es aber wenig benutzt.',
  'newness.little_network_use': `{network} ist wenig benutzt: {logins, number} von ${ofTotal}.`,
  'newness.new_address': `{network} ist bekannt aus {logins, number} von ${ofTotal}, die Adresse selbst ist neu.`,
  'newness.little_place': 'Das Konto hat sich von hier selten angemeldet, oder der Ort ist nicht bekannt.',
  'newness.little_place_use': `Dieser Ort ({place}) ist wenig benutzt: {logins, number} von ${ofTotal}.`,
  'newness.no_history': 'Das Konto hat keine Vorgeschichte, an der etwas an dem Versuch wiederzuerkennen wäre.',
  'newness.nothing': 'Das meiste des Beobachteten ist neu für das Konto.',
  'newness.nothing_share': 'Vom Beobachteten ist für das Konto neu: {share}.',
  'newness.hidden': 'Das Gerät ist kaum bekannt und verbirgt, wo es ist.',
  'newness.not_all': 'Nicht alles, was an dem Konto sonst vertraut ist, war wiederzuerkennen.',

  'journey.between': 'Der Versuch ({to}) kam {duration} nach einer guten Anmeldung in {distance} Entfernung ({from}).',
  'journey.within': 'Der Versuch kam {duration} nach einer guten Anmeldung in {distance} Entfernung (beide {to}).',
  'journey.far': 'Der Versuch kam {duration} nach einer guten Anmeldung in {distance} Entfernung.',
  'journey.impossible': 'Der Versuch und eine frühere gute Anmeldung kamen von Orten, die nicht beide stimmen können.',
  'journey.faster': 'So schnell ist kein Linienflugzeug.',
  'journey.probability':
    'Den Fehler beider Ortungen eingerechnet, kann mit einer Wahrscheinlichkeit von {probability} niemand diesen Weg zurückgelegt haben.',
  'journey.same_device': 'Beide tragen dieselbe Gerätekennung, was für eine falsche Ortung oder eine kopierte Kennung spricht.',
  'journey.other_device': 'Die beiden kamen von verschiedenen Geräten.',
  'journey.doubt': 'Die Orte früherer guter Anmeldungen sprechen nicht für diesen.',
  'journey.doubt_between':
    'Eine gute Anmeldung {duration} zuvor war {distance} entfernt ({from}; jetzt {to}): Der Weg ist zu schaffen, doch kein früherer Ort spricht für diesen.',
  'journey.doubt_within':
    'Eine gute Anmeldung {duration} zuvor war {distance} entfernt (beide {to}): Der Weg ist zu schaffen, doch kein früherer Ort spricht für diesen.',
  'journey.doubt_far':
    'Eine gute Anmeldung {duration} zuvor war {distance} entfernt: Der Weg ist zu schaffen, doch kein früherer Ort spricht für diesen.',
  'journey.plausible': 'Der Weg von früheren guten Anmeldungen ist leicht zu machen oder zu erklären.',
  'journey.plausible_between':
    'Eine frühere gute Anmeldung ({from}) war {distance} entfernt, {duration} zuvor (jetzt {to}), was leicht zu machen oder zu erklären ist.',
  'journey.plausible_within':
    'Eine frühere gute Anmeldung war {distance} entfernt, {duration} zuvor (beide {to}), was leicht zu machen oder zu erklären ist.',
  'journey.plausible_far':
    'Eine frühere gute Anmeldung war {distance} entfernt, {duration} zuvor, was leicht zu machen oder zu erklären ist.',
  'journey.same_device_as_there': 'Beide tragen dieselbe Gerätekennung.',

  'origin.address': 'Die Adresse {clauses}.',
  'origin.hosting': 'liegt in einem Rechenzentrum',
  'origin.tor': 'ist ein Ausgang des Tor-Netzes',
  'origin.proxy': 'ist ein offener Proxy',
  'origin.vpn': 'gehört zu einem VPN-Dienst',
  'origin.relay': 'gehört zu einem Privacy-Relay',
  'origin.listed': 'wurde wegen Angriffen gemeldet',
  'origin.reported': 'wurde wegen Angriffen gemeldet ({reports, plural, one {eine Meldung} other {# Meldungen}})',
  'origin.reported_with_age':
    'wurde wegen Angriffen gemeldet ({reports, plural, one {eine Meldung} other {# Meldungen}}, Stand der Liste {age} alt)',
  'origin.never_hidden':
    '{recent, plural, one {Die eine letzte gute Anmeldung des Kontos verbarg ihre Herkunft nicht} other {Keine der letzten # guten Anmeldungen des Kontos verbarg ihre Herkunft}}.',
  'origin.sometimes_hidden':
    '{recent, plural, one {Auch die eine letzte gute Anmeldung des Kontos verbarg ihre Herkunft} other {Auch einige der letzten # guten Anmeldungen des Kontos verbargen ihre Herkunft}}.',
  'origin.silent': 'Weder die Art des Netzes noch die Listen sprechen für die Adresse: {network}.',

  'company.rare': 'Wenige gute Anmeldungen hier kommen aus diesem Netz oder Land.',
  'company.rare_of': 'Unter {total, plural, one {einer guten Anmeldung} other {# guten Anmeldungen}} aller Konten gibt es {where}.',
  'company.from_network': '{logins, plural, =0 {keine} one {eine} other {#}} aus {network}',
  'company.from_country': '{logins, plural, =0 {keine} one {eine} other {#}} aus {country}',
  'company.hardly_used': 'Kaum ein anderes Konto meldet sich von hier an.',
  'company.strange_address':
    '{accounts, plural, one {Ein anderes Konto hat} other {# andere Konten haben}} sich in den letzten {days, number} Tagen aus diesem Netz angemeldet, aber keines von dieser Adresse.',
  'company.used_by':
    '{accounts, plural, =0 {Kein anderes Konto hat} one {Nur ein anderes Konto hat} other {Nur # andere Konten haben}} sich in den letzten {days, number} Tagen aus diesem Netz angemeldet.',

  'guessing.failed': '{failures, plural, one {ein Versuch} other {# Versuche}}',
  'guessing.failed_of': '{failures, number} von {tries, plural, one {# Versuch} other {# Versuchen}}',
  'guessing.on_account': '{failed} auf dieses Konto',
  'guessing.from_address': '{failed} von dieser Adresse',
  'guessing.from_block': '{failed} von Nachbaradressen',
  'guessing.from_network': '{failed} aus dem übrigen Netz',
  'guessing.hour': 'In der letzten Stunde fehlgeschlagen: {parts}.',
  'guessing.day': 'In den letzten 24 Stunden fehlgeschlagen: {parts}.',
  'guessing.success': 'Diesmal waren die Zugangsdaten richtig.',
  'guessing.success_elsewhere': 'Diesmal waren die Zugangsdaten richtig, an einer Adresse, die das Konto nie benutzt hat.',
  'guessing.success_after': 'Die Zugangsdaten waren richtig nach {parts}.',
  'guessing.success_after_elsewhere': 'Die Zugangsdaten waren richtig nach {parts}, an einer Adresse, die das Konto nie benutzt hat.',
  'guessing.before_on_account': '{failures, plural, one {einem Fehlversuch} other {# Fehlversuchen}} auf dieses Konto binnen einer Stunde',
  'guessing.before_on_others':
    '{failures, plural, one {einem Fehlversuch} other {# Fehlversuchen}} bei anderen Konten von dieser Adresse binnen zehn Minuten',
  'guessing.new_device': 'Das Gerät ist neu für das Konto.',
  'guessing.new_device_after':
    'Dieses für das Konto neue Gerät folgt auf {failures, plural, one {einen Fehlversuch} other {# Fehlversuche}} auf dem Konto in der letzten Stunde.',
  'guessing.hosting':
    'Die Adresse liegt in einem Rechenzentrum, und in ihrem Umfeld schlugen die meisten Versuche der letzten Stunde fehl.',
  'guessing.usual': 'Üblicherweise schlägt etwa ein Fünftel der Versuche fehl.',
  'guessing.unusual_share': 'Die Versuche im Umfeld sprechen gegen diesen, auch wenn kaum Fehlversuche bekannt sind.',

  'count.exactly': '{count, number}',
  'count.at_least': '{count, number} oder mehr',
  'spray.in_hour': '{count} in der letzten Stunde',
  'spray.in_day': '{count} in den letzten 24 Stunden',
  'spray.in_block': '{count} von Nachbaradressen in der letzten Stunde',
  'spray.tried': 'Das Muster der Versuche von diesem Ort spricht gegen den Versuch.',
  'spray.tried_parts': 'Von dieser Adresse wurden andere Konten probiert, die sich hier nie angemeldet haben: {parts}.',
  'spray.shape': 'Jedes wurde nur wenige Male und fast immer vergeblich probiert, wie beim Durchprobieren eines Passworts.',
  'spray.nobody_at_home': 'Von keinem Konto ist bekannt, dass es sich von dieser Adresse anmeldet.',

  'sources.addresses': '{count, plural, one {eine Adresse} other {# Adressen}}',
  'sources.networks': '{count, plural, one {ein Netz} other {# Netze}}',
  'sources.devices': '{count, plural, one {ein Gerät} other {# Geräte}}',
  'sources.many':
    'Unbekannte Quellen haben dieses Konto in den letzten 24 Stunden probiert, ohne je darin angemeldet gewesen zu sein: {parts}.',
  'sources.some': 'Die Quellen, die dieses Konto probiert haben, sprechen gegen den Versuch.',

  'shared.accounts':
    'Mit dieser Gerätekennung {accounts, plural, one {wurde ein anderes Konto} other {wurden # andere Konten}} in den letzten 24 Stunden probiert, {strangers, plural, =0 {jedes mit einer guten Anmeldung} one {eines davon ohne gute Anmeldung} other {# davon ohne gute Anmeldung}}.',
  'shared.accounts_in_vain':
    'Mit dieser Gerätekennung {accounts, plural, one {wurde ein anderes Konto} other {wurden # andere Konten}} in den letzten 24 Stunden probiert, keines mit einer guten Anmeldung.',
  'shared.pattern': 'Die bisherige Nutzung dieser Gerätekennung spricht gegen den Versuch.',
  'shared.failures': 'Die Gerätekennung ist in den letzten 24 Stunden {failures, plural, one {einmal} other {#-mal}} gescheitert.',

  'client.unusual': 'Das Konto nutzt diesen Client seltener als alle anderen.',
  'client.use': `{thing} kam in {logins, plural, =0 {keiner} other {#}} von ${ofTotal} dieses Kontos vor.`,
  'client.use_usual': `{thing} kam in {logins, plural, =0 {keiner} other {#}} von ${ofTotal} dieses Kontos vor, üblich ist {usual}.`,
  'client.rarer': 'Für dieses Konto ist das {factor}-mal seltener als für alle.',
  'client.this': 'dieser Client',
  'client.rare': 'Wenige gute Anmeldungen überhaupt kommen mit diesem Client.',
  'client.rare_share': 'Anteil dieser Version des Browsers ({client}) an allen guten Anmeldungen: {share}.',

  'locale.language': 'Die Sprache des Browsers ist für das Konto ungewohnt oder selten.',
  'locale.language_first': 'Der Browser verlangt {language}, was hier ungewohnt ist; das Konto hat keine Vorgeschichte zum Vergleich.',
  'locale.language_use': `Der Browser verlangt {language} (bisher bei {logins, plural, =0 {keiner} other {#}} von ${ofTotal}).`,
  'locale.language_instead': `Der Browser verlangt {language} statt {usual} (bisher bei {logins, plural, =0 {keiner} other {#}} von ${ofTotal}).`,
  'locale.clock': 'Die Uhr des Geräts ({device}) geht gegenüber der am Ort der Adresse ({address}) um {difference} anders.',
  'locale.clock_off': 'Die Uhr des Geräts passt nicht zum Ort der Adresse.',
  'locale.zone_new':
    'Die Zeitzone {zone} ist neu für das Konto mit {logins, plural, one {einer guten Anmeldung} other {# guten Anmeldungen}}.',
  'locale.zone_usual': 'Üblich ist {usual}.',
  'locale.zone_doubt': 'Die Zeitzone spricht nicht für den Versuch.',

  'machine.client': 'Der Client {clauses}.',
  'machine.http_library': 'ist eine Programmbibliothek statt eines Browsers',
  'machine.headless': 'ist ein Browser ohne Bildschirm',
  'machine.crawler': 'nennt sich selbst einen Crawler',
  'machine.empty': 'sendet einen leeren User-Agent',
  'machine.remote': 'meldet, dass er ferngesteuert wird',
  'machine.possible': 'Der Client schließt nicht aus, dass sich ein Programm anmeldet.',
  'machine.contradicts': 'Der Client widerspricht sich in {count, plural, one {einem Punkt} other {# Punkten}}: {names}.',
  'machine.confirmed_by':
    'Wenig bestätigt, was der Client von sich sagt ({compared, plural, one {# Vergleich} other {# Vergleiche}}, davon stimmig: {agreed, number}).',
  'machine.unconfirmed': 'Was der Client von sich sagt, passt nicht zusammen oder ist kaum bestätigt.',
  'machine.timing':
    'Die Tasten kamen schneller oder gleichmäßiger, als Menschen tippen, oder brauchten länger, als das Formular offen war.',
  'machine.timing_gaps':
    'So tippt niemand: {keys, plural, one {eine Taste} other {# Tasten}} mit durchschnittlich {gap} Abstand und einer Streuung von {spread}.',
  'machine.form': 'Offene Zeit des Formulars: nur {form}, weniger als die Tasten gebraucht haben wollen.',
  'contradiction.hint_platform': 'Plattformangabe gegen User-Agent',
  'contradiction.hint_mobile': 'Telefonangabe gegen User-Agent',
  'contradiction.hint_brands': 'Browserangaben gegen User-Agent',
  'contradiction.navigator_platform': 'Plattform gegen User-Agent',
  'contradiction.screen': 'Bildschirm gegen Art des Geräts',
  'contradiction.time_zone': 'Zeitzone gegen Art des Geräts',

  'replay.pairs': 'Eine bekannte Gerätekennung ist am falschen Platz: {pairs}.',
  'replay.out_of_place': 'Eine bekannte Gerätekennung kommt von einem anderen Gerät oder aus einem fremden Netz.',
  'replay.stolen': 'Die bekannte Kennung tauchte in einem Rechenzentrum auf, {country}, wie es ein gestohlenes Cookie täte.',
  'replay.session': 'Die Sitzung begann in anderer Umgebung.',
  'replay.session_pairs': 'Die Sitzung ist gewandert: {pairs}.',
  'replay.session_pairs_ago': 'Die Sitzung begann {ago} und ist gewandert: {pairs}.',
  'replay.other_id': 'eine andere Gerätekennung',

  'typing.mismatch': 'Der Tipprhythmus ist nicht der aus den guten Anmeldungen des Kontos gelernte.',
  'typing.mismatch_by':
    'Der Tipprhythmus ist {factor}-mal so weit von dem des Kontos entfernt wie dessen eigene Anmeldungen sonst (gelernt: {samples, plural, one {eine Probe} other {# Proben}}).',

  'timing.unusual': 'Um diese Zeit der Woche meldet sich das Konto selten an.',
  'timing.unusual_hour': `${weekday}, {time} UTC: Um diese Zeit meldet sich das Konto selten an, gemessen an {logins, plural, one {einer guten Anmeldung} other {# guten Anmeldungen}}.`,
  'timing.unusual_hour_nearest': `${weekday}, {time} UTC: Um diese Zeit meldet sich das Konto selten an; die nächste von {logins, plural, one {einer guten Anmeldung} other {# guten Anmeldungen}} liegt nach der Uhr {nearest} entfernt.`,
  'timing.dormant': 'Das Konto war länger still, als es sonst ist.',
  'timing.dormant_since': 'Die letzte gute Anmeldung des Kontos war {ago}.',
  'timing.dormant_usual': 'Die letzte gute Anmeldung des Kontos war {ago}; der übliche Abstand ist {usual}.',

  'credential.breached': 'Das Passwort ist aus einem Datenleck bekannt.',
  'credential.recovery': 'Der Zugang erfolgte über die Wiederherstellung des Kontos, nicht mit seinen Zugangsdaten.',
  'credential.phishable': 'Das Verfahren ({method}) lässt sich abfischen, erraten oder weitergeben.',
  'credential.changed': 'Passwort oder Faktor wurde kürzlich geändert.',
  'credential.changed_ago': 'Passwort oder Faktor wurde {ago} geändert.',
  'credential.changed_unproven': 'Passwort oder Faktor wurde {ago} geändert, und keine gute Anmeldung ist gefolgt.',

  'challenges.failed': 'Eine Rückfrage dieses Kontos schlug kürzlich fehl oder blieb unbeantwortet.',
  'challenges.in_hour':
    '{count, plural, one {Eine Rückfrage} other {# Rückfragen}} dieses Kontos {count, plural, one {schlug} other {schlugen}} in der letzten Stunde fehl oder {count, plural, one {blieb} other {blieben}} unbeantwortet.',
  'challenges.in_minutes':
    '{count, plural, one {Eine Rückfrage} other {# Rückfragen}} dieses Kontos {count, plural, one {schlug} other {schlugen}} in der letzten Stunde fehl oder {count, plural, one {blieb} other {blieben}} unbeantwortet, davon {recent, number} in den letzten zehn Minuten.',
  'challenges.all_in_minutes':
    '{count, plural, one {Eine Rückfrage} other {# Rückfragen}} dieses Kontos {count, plural, one {schlug} other {schlugen}} in den letzten zehn Minuten fehl oder {count, plural, one {blieb} other {blieben}} unbeantwortet.',
  'challenges.fatigue': 'So zermürbt jemand mit dem Passwort den Inhaber.',

  'young.little': 'Von dem Konto ist noch wenig bekannt.',
  'young.logins':
    'Von dem Konto ist wenig bekannt: bisher {logins, plural, =0 {keine gute Anmeldung} one {eine gute Anmeldung} other {# gute Anmeldungen}}.',
  'young.logins_since':
    'Von dem Konto ist wenig bekannt: {logins, plural, one {eine gute Anmeldung} other {# gute Anmeldungen}}, die erste {first}.',
  'young.created': 'Angelegt wurde es {created}.',

  'familiar.things': 'Dem Konto bekannt {count, plural, one {ist} other {sind}} {things}.',
  'familiar.logins': '{logins, plural, one {eine gute Anmeldung} other {# gute Anmeldungen}}',
  'familiar.logins_of': `{logins, number} von ${ofTotal}`,
  'familiar.last_used': 'zuletzt {last}',
  'familiar.everything': 'Alles Beobachtete ist dem Konto bekannt.',
  'familiar.similar': 'Das Gerät ähnelt einem des Kontos.',
  'familiar.similar_to': 'Das Gerät ähnelt einem des Kontos ({nearest}).',
  'familiar.roaming': 'Das Netz ist neu, wie bei diesem Konto oft.',
  'familiar.roaming_share': 'Das Netz ist neu, wie bei etwa {share} der Anmeldungen dieses Kontos.',
  'familiar.place': 'Am Ort spricht nichts gegen den Versuch.',
  'familiar.no_combination': 'Keine riskante Kombination trifft zu.',

  'ordinary.address': 'Die Adresse {clauses}.',
  'ordinary.consumer': 'gehört zu einem Anbieter für Privatkunden',
  'ordinary.mobile': 'gehört zu einem Mobilfunknetz',
  'ordinary.organisation': 'gehört zu einem Unternehmen, einer Schule oder einer Behörde',
  'ordinary.kind': 'liegt in einem Netz unauffälliger Art',
  'ordinary.shared': 'fällt durch ihre übrigen Nutzer nicht auf',
  'ordinary.used_by': 'wird von {accounts, plural, one {einem anderen Konto} other {# anderen Konten}} benutzt',
  'ordinary.shared_by': 'liegt in einem Netz mit {accounts, plural, one {einem anderen Konto} other {# anderen Konten}}',
  'ordinary.common': 'liegt in einem hier häufigen Netz',
  'ordinary.common_share': 'liegt in einem Netz mit etwa {share} aller guten Anmeldungen',
  'ordinary.hidden': 'verbirgt ihren Nutzer in allgemein oder für das Konto üblicher Weise',
  'ordinary.not_hidden': 'steht auf keiner Liste von Tor-Ausgängen, Proxys und VPNs',
  'ordinary.not_listed': 'steht auf keiner Sperrliste',
  'ordinary.stale': 'ist auf einer Sperrliste kaum belastend verzeichnet',
  'ordinary.stale_age': 'ist auf einer Sperrliste (Stand {age} alt) kaum belastend verzeichnet',

  'quiet.little': 'Ruhig: {clauses}.',
  'quiet.no_account': 'kein Fehlversuch auf dem Konto in den letzten 24 Stunden',
  'quiet.account': 'nur {count, plural, one {ein Fehlversuch} other {# Fehlversuche}} auf dem Konto in den letzten 24 Stunden',
  'quiet.no_address': 'kein Fehlversuch von dieser Adresse in den letzten 24 Stunden',
  'quiet.address': 'nur {count, plural, one {ein Fehlversuch} other {# Fehlversuche}} von dieser Adresse in den letzten 24 Stunden',
  'quiet.no_block': 'kein Fehlversuch von Nachbaradressen in den letzten 24 Stunden',
  'quiet.block': 'nur {count, plural, one {ein Fehlversuch} other {# Fehlversuche}} von Nachbaradressen in den letzten 24 Stunden',
  'quiet.network': 'kein ungewöhnlicher Anteil von Fehlversuchen in dem Netz',
  'quiet.no_accounts': 'kein von dieser Adresse probiertes fremdes Konto in den letzten 24 Stunden',
  'quiet.accounts':
    'nur {count, plural, one {ein fremdes Konto} other {# fremde Konten}} von dieser Adresse probiert in den letzten 24 Stunden',
  'quiet.no_sources': 'kein Versuch unbekannter Adressen auf das Konto in den letzten 24 Stunden',
  'quiet.sources':
    'nur {count, plural, one {eine unbekannte Adresse} other {# unbekannte Adressen}} mit Versuchen auf das Konto in den letzten 24 Stunden',
  'quiet.no_burst': 'keine Reihe von Fehlversuchen vor diesem Versuch',
  'quiet.device': 'kaum andere Konten mit dieser Gerätekennung',
  'quiet.no_challenges': 'keine fehlgeschlagene Rückfrage in der letzten Stunde',
  'quiet.challenges':
    'nur {count, plural, one {eine fehlgeschlagene Rückfrage} other {# fehlgeschlagene Rückfragen}} in der letzten Stunde',

  'fits.client': 'Der Client ist unauffällig: {clauses}.',
  'fits.usual_client': 'üblich für das Konto',
  'fits.common_client': 'allgemein verbreitet',
  'fits.consistent': 'kein Widerspruch in dem, was er von sich sagt',
  'fits.consistent_by':
    'kein Widerspruch in dem, was er von sich sagt ({agreed, plural, one {# Vergleich stimmt} other {# Vergleiche stimmen}})',
  'fits.no_automation': 'kein Zeichen von Automatisierung',
  'fits.language': 'eine übliche Sprache',
  'fits.clock': 'eine Uhr, die zum Ort passt',
  'fits.zone': 'eine vom Konto benutzte Zeitzone',
  'fits.zone_unremarkable': 'nichts gegen die Zeitzone',
  'proof.typing': 'der eigene Tipprhythmus des Kontos',
  'proof.human': 'getippt, wie Menschen tippen',

  'habits.fit': 'Es passt zu den Gewohnheiten des Kontos: {clauses}.',
  'habits.hour': 'eine übliche Zeit der Woche',
  'habits.hour_at': `eine übliche Zeit (${weekday}, {time} UTC)`,
  'habits.active': 'eine gute Anmeldung vor so kurzer Zeit wie üblich',
  'habits.active_ago': 'die letzte gute Anmeldung {ago}',
  'habits.established': 'eine Vorgeschichte guter Anmeldungen',
  'habits.established_by': 'eine Vorgeschichte von {logins, plural, one {einer guten Anmeldung} other {# guten Anmeldungen}}',

  'proof.frame': 'Für den Inhaber spricht: {clauses}.',
  'proof.strong': 'ein gegen Abfischen und Erraten festes Verfahren ({method})',
  'proof.no_warning': 'nichts gegen die Zugangsdaten',
  'proof.no_change': 'keine neuere Änderung von Passwort oder Faktoren',
  'proof.session': 'eine Sitzung, die weitergeht, wo sie begann',

  'unknown.not_sent': 'Nicht übermittelt und daher nicht berücksichtigt: {things}.',
  'unknown.unknown': 'Nicht zu ermitteln: {things}.',
  'unknown.no_history': 'Ohne Vorgeschichte zum Vergleich: {things}.',
  'unknown.unavailable': 'Nicht erreichbar, die Bewertung weiß daher weniger, als sie sollte: {things}.',
  'unknown.late': 'Zu spät gekommen, die Bewertung weiß daher weniger, als sie sollte: {things}.',
  'unknown.more': '{count, number} weitere',
};
