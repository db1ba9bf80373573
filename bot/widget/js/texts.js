// Texts and settings

const TEXTS = {
  region: "Assistant",
  launcher: "Une question ?",
  title: "Assistant Conseiller numérique",
  subtitle: "Réponses automatiques",
  unreadOne: "1 nouveau message",
  unreadMany: "{n} nouveaux messages",
  close: "Fermer l'assistant",
  menu: "Menu",
  exchanges: "Échanges",
  conversation: "Conversation",
  hello: "Bonjour,",
  welcome: "Je réponds à vos questions sur l'accueil d'un conseiller numérique : candidature, subvention, recrutement, formation.",
  topQuestions: "Questions fréquentes",
  privacy: "Vos messages sont conservés {days} jours après le dernier, pour vous répondre et améliorer l'assistant. N'écrivez rien de confidentiel.",
  privacyNoDays: "Vos messages sont conservés pour vous répondre et améliorer l'assistant. N'écrivez rien de confidentiel.",
  privacyLink: "Données personnelles",
  newWindow: "(nouvelle fenêtre)",
  label: "Votre message",
  placeholder: "Écrivez votre question…",
  send: "Envoyer",
  counter: "{n} / {max} caractères",
  nearLimit: "Il vous reste {n} caractères.",
  tooLong: "Votre message fait {n} caractères, la limite est de {max}. Raccourcissez-le ou envoyez-le en plusieurs fois.",
  refused: "Ce message n'a pas pu être accepté. Votre texte est revenu dans la zone de saisie.",
  you: "Vous",
  assistant: "Assistant",
  adviser: "Conseiller",
  system: "Information",
  source: "Source : {source}",
  table: "Tableau",
  stepsDone: "Étapes : {n} sur {total} terminées",
  step_done: "terminée",
  step_current: "en cours",
  step_todo: "à venir",
  step_skipped: "passée",
  step_late: "en retard",
  attachments: "Fichiers à télécharger",
  attachmentDone: "« {name} » est téléchargé.",
  sending: "envoi…",
  sent: "envoyé",
  notSent: "non envoyé",
  retry: "Réessayer",
  unhandled: "non traité",
  replies: "Réponses proposées",
  chosen: "(choisi)",
  rate: "Cette réponse vous aide-t-elle ?",
  helpful: "Cette réponse m'aide",
  unhelpful: "Cette réponse ne m'aide pas",
  comment: "Que manque-t-il ? (facultatif)",
  sendComment: "Envoyer ce commentaire",
  thanks: "Merci, votre avis est enregistré.",
  ratingFailed: "Votre avis n'a pas pu être envoyé. Réessayez dans un instant.",
  typing: "L'assistant écrit…",
  personTyping: "{name} écrit…",
  lost: "Connexion perdue, nouvel essai…",
  back: "Connexion rétablie.",
  slow: "Vous écrivez plus vite que l'assistant ne lit. Votre message est gardé : il partira dans une minute.",
  away: "L'assistant redémarre, votre message est gardé, la réponse arrive.",
  unavailable: "L'assistant ne répond pas pour le moment. Un nouvel essai est en cours.",
  otherWays: "Vous pouvez aussi :",
  writeTo: "écrire à",
  call: "appeler le",
  readFaq: "lire la foire aux questions",
  newer: "Nouveaux messages",
  over: "Cette conversation est terminée. Ouvrez-en une nouvelle pour continuer.",
  newConversation: "Nouvelle conversation",
  newConfirm: "La conversation affichée sera retirée de cet appareil. Pensez à la télécharger si vous voulez la garder.",
  newDone: "Nouvelle conversation.",
  download: "Télécharger la conversation",
  downloadName: "conversation",
  downloadFailed: "Le téléchargement a échoué. Réessayez dans un instant.",
  opinion: "Donner mon avis",
  opinionQuestion: "Cette conversation vous a-t-elle été utile ?",
  opinionLow: "1 : pas du tout",
  opinionHigh: "5 : tout à fait",
  opinionMissing: "Choisissez une note de 1 à 5.",
  opinionComment: "Votre commentaire (facultatif)",
  erase: "Effacer ma conversation",
  eraseConfirm: "Tous les messages de cette conversation seront effacés, ici et sur le serveur. C'est définitif.",
  eraseDone: "Votre conversation est effacée.",
  eraseFailed: "L'effacement a échoué, rien n'est effacé. Réessayez dans un instant.",
  confirmNew: "Commencer",
  confirmErase: "Effacer",
  confirmOpinion: "Envoyer mon avis",
  cancel: "Annuler",
};

/** What is known without the server, so that nobody is left without a way to ask. */
const DEFAULTS = {
  max_characters: 2000,
  retention_days: null,
  top_questions: [],
  contact: {
    email: "conseiller-numerique@anct.gouv.fr",
    phone: "01 58 50 89 42",
    hours: "",
    faq: "https://aide.conseiller-numerique.gouv.fr/",
  },
};

const API = "/api/widget";
const REQUEST_TIMEOUT = 20000;
// The server says something every 15 s; three silences in a row mean a dead connection.
const STREAM_SILENCE = 45000;
const SLOW_DOWN = 60000;
// Longer than one request.
const LOCK_LASTS = 30000;
const TYPING_LASTS = 60000;
// A tab hidden for this long gives its connection back (browsers allow few of them) and asks once a minute.
const REST_AFTER = 300000;
const REST_PERIOD = 60000;
// A message the server fails on this often is shown as not sent and lets the next ones pass.
const MAX_SERVER_ERRORS = 5;
const FULL_SCREEN = "(max-width: 599px), (max-height: 479px)";

/** Enough to be usable when the stylesheet cannot be had. */
const BARE_CSS = `[hidden]{display:none!important}
.cnfs{all:initial;font:16px/1.5 system-ui,sans-serif;color:#1b2130}
.cnfs .launcher,.cnfs .panel{position:fixed;right:16px;bottom:16px;z-index:2147483000;box-sizing:border-box}
.cnfs .panel{width:min(400px,calc(100vw - 32px));max-height:calc(100vh - 100px);overflow:auto;bottom:72px;padding:16px;background:#fff;border:1px solid #566076}
.cnfs.full .panel{bottom:16px}.cnfs .head{display:flex;gap:8px;align-items:center}.cnfs h2{font-size:18px;margin:0}.cnfs ul{padding-left:20px}
.cnfs button{font:inherit;min-height:44px;min-width:44px}.cnfs textarea{font:inherit;width:100%;box-sizing:border-box}
.cnfs svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:2}
.cnfs .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;
