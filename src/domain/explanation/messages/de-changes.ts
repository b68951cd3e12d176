// German words for what would have changed a verdict. The changes are in the dative, after "mit", and may be joined by "und".
import type { changeWords as english } from './en-changes.ts';

export const changeWords: Readonly<Record<keyof typeof english, string>> = {
  'change.known_device': 'einem dem Konto bekannten Gerät',
  'change.unchanged_device': 'derselben Maschine hinter der Gerätekennung wie zuvor',
  'change.known_network': 'einem dem Konto bekannten Netz',
  'change.known_place': 'einem dem Konto bekannten Ort',
  'change.possible_journey': 'einer möglichen Reise',
  'change.no_account_failures': 'keinem Fehlversuch auf dem Konto zuvor',
  'change.quiet_source': 'keinen Fehlversuchen und keinen fremden Konten rund um die Adresse',
  'change.no_other_sources': 'keiner unbekannten Quelle von Versuchen auf dem Konto',
  'change.device_not_shared': 'einer für kein anderes Konto benutzten Gerätekennung',
  'change.no_anonymiser': 'keinem Anonymisierungsdienst',
  'change.unlisted_address': 'einer Adresse auf keiner Sperrliste',
  'change.ordinary_network': 'einem Privatkundennetz statt eines Rechenzentrums',
  'change.consistent_client': 'einem in sich stimmigen Client',
  'change.no_automation': 'keinem Anzeichen von Automatisierung',
  'change.no_failed_challenges': 'keiner fehlgeschlagenen Rückfrage zuvor',
  'change.unbreached_password': 'einem aus keinem Datenleck bekannten Passwort',
  'change.no_recovery': 'einer gewöhnlichen Anmeldung statt einer Wiederherstellung',
  'change.usual_client': 'einem für das Konto wie für alle üblichen Client',
  'change.usual_language': 'der üblichen Sprache des Kontos',
  'change.usual_time_zone': 'der üblichen Zeitzone des Kontos',
  'change.usual_hour': 'einer üblichen Zeit der Woche',
  'change.active_account': 'einer letzten guten Anmeldung im üblichen Abstand',
  'change.session_continues': 'einer an ihrem Ausgangsort fortgesetzten Sitzung',
  'change.no_credential_change': 'keiner kürzlichen Änderung der Zugangsdaten',
  'change.own_typing': 'dem eigenen Tipprhythmus des Kontos',
  'change.typed_by_hand': 'menschlichen Tastenanschlägen',

  'counterfactual.found':
    'Mit {changes} wäre der Versuch {verdict, select, allow {zugelassen} other {nur mit einer Rückfrage beantwortet}} worden.',
  'counterfactual.all_ordinary':
    'Keine drei Änderungen hätten gereicht; wäre alles erkennbar Ungewöhnliche gewöhnlich gewesen, wäre der Versuch {verdict, select, allow {zugelassen} other {nur mit einer Rückfrage beantwortet}} worden.',
  'counterfactual.not_enough': 'Nichts Gewöhnliches an diesem Versuch hätte das Urteil geändert.',
  'counterfactual.policy': 'Der Eintrag {rule} der Richtlinie hat entschieden; kein Befund hätte das Urteil geändert.',
  'counterfactual.cannot_recompute':
    'Was das Urteil geändert hätte, lässt sich nicht sagen: Die Bewertung lässt sich nicht genau wiederholen.',
  'counterfactual.version_gone':
    'Was das Urteil geändert hätte, lässt sich nicht sagen: Das Modell oder die Richtlinie von damals liegt nicht mehr vor.',
  'counterfactual.record_gone': 'Was das Urteil geändert hätte, lässt sich nicht sagen: Die Bewertung ist nicht mehr gespeichert.',
};
