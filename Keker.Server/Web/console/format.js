// Numbers, sizes and times as people read them.

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minute = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat([], { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function count(number) {
  return number === null || number === undefined ? "–" : whole.format(number);
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function rate(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  return number < 10 && number !== Math.round(number) ? number.toFixed(1) : short.format(Math.round(number));
}

export function compact(number) {
  return number === null || number === undefined || Number.isNaN(number) ? "–" : short.format(number);
}

export function bytes(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; number >= 1024 && unit < units.length - 1; unit++) number /= 1024;
  return `${unit === 0 || number >= 100 ? Math.round(number) : number.toFixed(1)} ${units[unit]}`;
}

// Seconds of a short wait.
export function latency(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds === 0) return "0";
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(seconds < 1e-2 ? 1 : 0)} ms`;
  return `${seconds.toFixed(1)} s`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const total = Math.max(0, Math.round(seconds));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => total >= size);
  if (first < 0) return "0 s";
  let left = total;
  return parts.slice(first, first + 2).map(([size, unit]) => {
    const number = Math.floor(left / size);
    left -= number * size;
    return number > 0 ? `${number} ${unit}` : "";
  }).filter(Boolean).join(" ");
}

// Of seconds since 1970.
export function clockOf(seconds) {
  return clock.format(new Date(seconds * 1000));
}

export function minuteOf(seconds) {
  return minute.format(new Date(seconds * 1000));
}

export function dayOf(seconds) {
  return day.format(new Date(seconds * 1000));
}

// What has been, and what is to come, told by the server's clock.
export function ago(seconds, now) {
  return seconds > now ? `in ${duration(seconds - now)}` : `${duration(now - seconds)} ago`;
}
