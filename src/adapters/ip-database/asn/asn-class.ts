// What kind of network an organisation's name says it runs: the rules that the committed class table is built with, and that
// answer for a network newer than the table.
//
// A wrong "hosting" accuses people at home, a wrong "isp" only forgives a server, so words of access networks outweigh all but
// the plainest hosting words, and a name that says nothing is "unknown". Words are matched whole, in the languages that
// registries write; a trailing * matches any ending. Order: the first class that claims the name has it.
import type { AsnClass } from '../../../domain/ip-facts.ts';

export type AsnClassifier = (asn: number, organisation: string) => AsnClass;

/** Membership of lists of hosting networks, which know what a name does not say. */
export interface HostingListings {
  /** How many of the lists name the network. */
  readonly lists: number;
}

// Companies whose business is servers, whatever else the name says. Consumer arms of the same groups have other names.
const hostingBrands =
  'akamai, alibaba, aliyun, amazon*, aruba s p a, bytedance, byteplus, choopa, clouvider, cloudflare, colocrossing, contabo, constant company, datacamp, ' +
  'digitalocean, dreamhost, equinix, fastly, g core, gcore, godaddy*, google llc, hetzner, hivelocity, hostinger, huawei cloud*, ibm cloud, ionos, ' +
  'leaseweb, linode, liquid web, m247, microsoft*, namecheap, netcup, oracle corporation, ovh, packethub, psychz, quadranet, rackspace, scaleway, ' +
  'sakura internet, databank, timeweb*, selectel, softlayer, strato, tencent, ucloud, velia net, volcano engine, voxility, vultr, worldstream, yandex cloud, zenlayer';
const hostingWords =
  'hosting*, webhost*, *hosting, hoster*, host, hosts, hosted, vps, vds, colocation, colo, datacenter*, datacentre*, data center*, data centre*, ' +
  'centro de datos, server*, dedicated, bare metal, cloud*, *cloud, cdn, virtual private, serveur*, servidores, *server, *servers, hebergement, hospedagem, idc, domains';
// A name with one of these serves subscribers even when it also sells hosting.
const accessWords =
  'telecom*, *telecom, *telekom, telekom*, telco*, tele, telefon*, telefonica*, telephone, telephon*, cable*, *cable, catv, broadband, breitband, bredband*, ' +
  'banda larga, banda ancha, fiber*, *fiber, fibra*, *fibra, fibre*, ftth, wireless, wifi, wi fi, wisp, dsl, adsl, satellite, satelit*, isp, ' +
  'provedor*, proveedor*, internet service*, internet provider*, *com telecomunica*, telecomunica*, communications, comunicac*, kommunikation*, telenet, ' +
  'kabel*, *net telecom, fixed line, electric cooperative, telephone cooperative, rural electric, municipal broadband, inet*, multimedia network*, ' +
  'softbank, powercomm, dacom*, wind tre, bell canada, tdc, rcn, biglobe, fastweb, tm technology, optage, brightspeed, videotron, pccw, digi romania, o2, axtel, colt technology, vocus, ' +
  'liberty global, tot public, viasat, breezeline, cogeco, one hungary, one new zealand, etb, space exploration, vivacom, te as, itissalat*, v tal, globalconnect, freebit, dreamline, dlive, zayo, gtt, aapt, ' +
  'wideopenwest, spark new zealand, dna, rogers, ' +
  'comcast*, charter, cox, verizon*, at t, centurylink, windstream, frontier, spectrum, cablevision, orange, sfr, bouygues, free sas, proximus, kpn, ziggo, odido, ' +
  'swisscom, sunrise, telia, telenor, tele2, elisa, vodafone*, virgin media, talktalk, plusnet, eircom, sky uk, bt, versatel, netia, ' +
  'rostelecom, turk telekom, chinanet, china unicom, china telecom, kddi, ocn, jcom, korea telecom, sk broadband, bsnl, bharat sanchar*, vnpt, viettel*, ' +
  'fpt, pldt, bezeq*, etisalat*, ooredoo*, telkom*, telmex*, claro, tim s a, cantv, uninet*, totalplay, megacable, superonline, iinet, tpg, optus, telstra, starlink';
const weakAccessWords =
  'internet, network*, networks, net, online, connect*, link, *net, *link, provider*, access, data services, web, redes, rede, conexao, conect*, infocom*, digital';
const mobileWords =
  'mobile*, *mobile, t mobile, movil*, moviles, tt mobil, aircel, mobilfunk, cellular, celular*, selular, wireless carrier, gsm, 4g, 5g mobile, lte, docomo, mtn, vodacom, airtel*, bharti*, ' +
  'jio*, safaricom, turkcell*, kyivstar, vimpelcom, megafon, mts, hi3g, hutchison*, three uk, ee limited, telefonica moviles, telcel, ' +
  'irancell, iran cell*, zain, cell c, globacom, indosat*, xl axiata, celcom, maxis, digi telecommunications, dialog axiata, grameenphone, robi axiata, ' +
  'banglalink, mobily, etihad etisalat, mobinil, scancom, comcel, tigo, unefon, p4, polkomtel, lycamobile, cellco, smartfren, ncell, unitel, moov, econet, millicom';
const educationWords =
  'universi*, *universiteit, *universitaet, *universitet*, universidad*, universidade*, universita*, univ, college*, colegio, school*, schul*, ecole*, escola*, escuela*, academ*, academia*, ' +
  'hochschul*, fachhochschul*, leibniz, institute of technology, institut teknologi*, instituto tecnologico, instituto federal, polytechnic*, politecni*, politechni*, campus, education*, educational*, educacion*, educacao, ' +
  'research network, research and education, academic and research, research and academic, nren, k12, isd, faculty, student*, janet, jisc*, renater, garr, surf b v, cesnet*, belnet, dfn*, ' +
  'forschungsnetz*, rediris, internet2, cernet, sinet, tanet, geant, heanet, merit network*, cenic, mcnc, oarnet, seminary, library, libraries, bibliothek*';
const governmentWords =
  'government*, govt, gov, goverment, governo, gobierno, gouvernement*, ministry*, ministerio*, ministere*, ministerul*, ministerstvo, ministerium, bundesministerium, ' +
  'department of defense, dod, dnic, defence, army, navy, naval, air force, usaisc, usda, military, police*, policia*, polizei*, parliament*, parlament*, senate, senado, congreso, congress, ' +
  'federal government, federal agency, federal reserve, federal bureau, state of, city of, county of, *county, county, municipal*, municipio*, commune de, prefeitura*, prefecture*, province of, gmina, ' +
  'comune di, ayuntamiento*, landkreis, kommune, kommun, stadt, tribunal*, court of, courts, judicia*, customs, tax, treasury, postal service, nasa, national aeronautics*, ' +
  'department of*, departamento de, secretaria*, bundesamt, bundesanstalt, state department*, embassy, parks and wildlife, egovnet, governmental, united nations, national bank of, central bank*';
const businessWords =
  'bank*, banco, banque, banca, sparkasse*, *bank, insuranc*, assurance*, versicherung*, hospital*, clinic*, klinik*, health*, medical*, medicine, pharma*, airline*, airways, ' +
  'airport*, automotive, motor*, energy, energia, oil, petroleum, refining, mining, steel, chemical*, foods, food, beverage*, retail, stores, supermarket*, insurance, financial*, finance, ' +
  'credit union, investment*, capital, securities, asset management, stock exchange, law firm, legal, llp, consulting, consultant*, advisory, logistic*, shipping, freight, ' +
  'manufactur*, industries, aerospace, construction, engineering, hotel*, resort*, casino*, gaming, news, newspaper*, publishing, broadcasting, pictures, ' +
  'credit suisse, nhs, fujitsu limited, northrop*, l3harris*, ericsson, procter*, ford, mercedes*, lilly*, merck*, boeing, general motors, general electric, exxon*, schlumberger, prudential*, walmart, wal mart*, siemens, bosch, volkswagen, bmw, nestle, cisco*, apple inc, intel, ' +
  'payment*, visa, mastercard, paypal*, agricultur*, electric company, power company, utilities, water, cooperative bank, real estate, museum*, church, foundation, charity';

/** One expression for a comma-separated list of words and phrases; "*" at either end leaves that end open. */
function wordsOf(list: string): RegExp {
  const patterns = list.split(',').map((entry) => {
    const word = entry.trim();
    const from = word.startsWith('*') ? '\\w*' : '';
    const to = word.endsWith('*') ? '\\w*' : '';
    return from + word.replaceAll('*', '') + to;
  });
  return new RegExp(`\\b(?:${patterns.join('|')})\\b`, 'u');
}

const hostingBrand = wordsOf(hostingBrands);
const hosting = wordsOf(hostingWords);
const access = wordsOf(accessWords);
const weakAccess = wordsOf(weakAccessWords);
const mobile = wordsOf(mobileWords);
const education = wordsOf(educationWords);
const government = wordsOf(governmentWords);
const business = wordsOf(businessWords);

const unlisted: HostingListings = { lists: 0 };

/** The class of a network by its organisation's name and by how many lists of hosting networks name it. */
export function classifyOrganisation(organisation: string, listings: HostingListings = unlisted): AsnClass {
  const name = plainWords(organisation);
  const byName = classByName(name);
  if (listings.lists === 0 || byName === 'hosting') return byName;
  // Such lists do hold carriers and universities by mistake (checked by hand): a plain name, or one list alone against an
  // access network's name, is not overruled.
  if (byName === 'education' || byName === 'government' || byName === 'mobile') return byName;
  return listings.lists === 1 && access.test(name) ? byName : 'hosting';
}

function classByName(name: string): AsnClass {
  if (hostingBrand.test(name)) return 'hosting';
  if (education.test(name)) return 'education';
  const isAccess = access.test(name);
  if (government.test(name) && !isAccess) return 'government';
  // "MTS Bank", "FirstMobile Health": a trade of its own outweighs a carrier's brand.
  if (mobile.test(name) && !business.test(name)) return 'mobile';
  if (hosting.test(name)) return isAccess ? 'isp' : 'hosting';
  if (isAccess) return 'isp';
  if (business.test(name)) return 'business';
  return weakAccess.test(name) ? 'isp' : 'unknown';
}

/** Lower case, accents and punctuation gone, words set apart by one space. */
function plainWords(organisation: string): string {
  return organisation
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
