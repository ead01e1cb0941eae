// All that is shown once the phone is open. Fetched while the PIN is typed: what one needs first comes first.

import { itemScreen, outboxScreen } from "./box.js";
import { caseForm, changeForm, deedForm } from "./report.js";
import { pinScreen, settingsScreen } from "./settings.js";
import { reportScreen, todayScreen, toldScreen } from "./today.js";
import { visitForm } from "./visit.js";

export const SCREENS = {
  today: todayScreen,
  report: reportScreen,
  outbox: outboxScreen,
  item: itemScreen,
  settings: settingsScreen,
  pin: pinScreen,
  told: toldScreen,
  log: visitForm,
  case: caseForm,
  change: changeForm,
  deed: deedForm,
};
