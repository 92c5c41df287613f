// Civil dates as "YYYY-MM-DD" texts: they compare as texts and know no time zone.

const DAY = 86400000;
const pad = (number, width) => String(number).padStart(width, "0");
const iso = (time) => {
  const day = new Date(time);
  return `${pad(day.getUTCFullYear(), 4)}-${pad(day.getUTCMonth() + 1, 2)}-${pad(day.getUTCDate(), 2)}`;
};

function parts(text) {
  return text.split("-").map(Number);
}

function time(year, month, day) {
  // Date.UTC reads the years 0–99 as 1900–1999
  const value = new Date(Date.UTC(2000, month - 1, day));
  value.setUTCFullYear(year, month - 1, day);
  return value.getTime();
}

/** Whether the text is a real civil date. */
export function isDate(text) {
  return typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && iso(time(...parts(text))) === text;
}

export function addDays(text, days) {
  return iso(time(...parts(text)) + days * DAY);
}

/** Whole days from the first date to the second. */
export function daysBetween(first, second) {
  return Math.round((time(...parts(second)) - time(...parts(first))) / DAY);
}

function lastDay(year, month) {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Calendar months, clamped at the month's end. */
export function addMonths(text, months) {
  const [year, month, day] = parts(text);
  const index = year * 12 + month - 1 + months;
  const toYear = Math.floor(index / 12);
  const toMonth = (index % 12) + 1;
  return `${pad(toYear, 4)}-${pad(toMonth, 2)}-${pad(Math.min(day, lastDay(toYear, toMonth)), 2)}`;
}

export function endOfMonth(text) {
  const [year, month] = parts(text);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(lastDay(year, month), 2)}`;
}
