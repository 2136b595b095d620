"use strict";
// Everything that is shown is put there as text: no markup is ever made of data.
(() => {
const $ = (id) => document.getElementById(id);
const started = performance.now();
let D, R, order = [], items = [], open = new Set(), chosen = -1, at = 0, view = {};

const OUTCOMES = [
  ["F", "failed", "high"], ["N", "not checked", "warn"], ["U", "unknown", "warn"], ["E", "rule broken", "critical"],
  ["W", "accepted", "info"], ["X", "fixed", "good"], ["G", "gone", "good"], ["R", "over by rule", "info"], ["P", "passed", "good"],
];
const WORD = Object.fromEntries(OUTCOMES.map(([letter, word]) => [letter, word]));
const TONE = Object.fromEntries(OUTCOMES.map(([letter, , tone]) => [letter, tone]));
const MARKS = { new: "new", first_checked: "first looked at", reopened: "came back", changed: "changed", worse: "worse", lapsed: "no longer accepted", by_rule: "by a rule", checked: "checked again", not_checked: "not checked", fixed: "fixed", gone: "gone" };
const EMPTY = { outcome: "FN", severity: "", text: "", account: "", region: "", kind: "", framework: "", control: "", owner: "", since: "", group: "rule" };

function el(tag, attributes, ...inner) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  return put(made, inner);
}
function put(box, inner) {
  box.replaceChildren(...inner.flat(3).filter((one) => one != null && one !== false));
  return box;
}
// What cannot be seen, or turns the reading direction, is shown as an escape, as in every other report.
const shown = (text) => String(text).replace(/[^\P{C}\n]|[^\P{Z} ]/gu, (char) => {
  const code = char.codePointAt(0);
  return code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : code < 65536 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
});
const number = (count) => count.toLocaleString("en-US");
const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
const day = (time) => (time || "").slice(0, 10);
const severity = (row) => D.severities[R.severity.charCodeAt(row) - 48];
const more = (row) => R.more[row] || {};
const scope = (row) => D.scopes[R.scope[row]];
const account = (one) => one[3] ? `${one[3]} (${one[1]})` : one[1];
const cleanAccount = (one) => shown(account(one));
function label(row) {
  const id = R.resource[row];
  if (R.name[row]) return `${R.name[row]} (${id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf(":")) + 1)})`;
  return id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf(":")) + 1) || id;
}
const place = (row) => { const one = scope(row); return [one[0], one[3] || one[1], one[2]].filter((word, index) => index || clouds > 1).join(" / "); };
let clouds = 1;

function badge(word, tone) { return el("span", { class: `badge ${tone || ""}` }, word); }

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function ready(data) {
  D = data; R = D.rows;
  clouds = new Set(D.scopes.map((one) => one[0])).size;
  $("when").textContent = `${D.started.slice(0, 16).replace("T", " ")} UTC · ${D.checked}`;
  document.title = `Surefoot ${day(D.started)}: ${D.result}`;
  banner(); tabs(); read(); filters(); tiles(); frameworks(); exposure(); trend(); unread();
  $("loading").hidden = true; $("main").hidden = false;
  list(); apply();
  addEventListener("hashchange", () => { read(); filters(); apply(); });
  addEventListener("beforeprint", printed);
  addEventListener("resize", draw);
  document.body.dataset.ready = Math.round(performance.now() - started);
}

function banner() {
  const notes = [...D.notes];
  const gaps = D.gaps.filter((gap) => gap.waived == null).length;
  if (!D.complete) {
    const box = el("p", { class: "banner warn" }, el("b", {}, "This is not all. "), gaps ? `${plural(gaps, "list")} could not be read. ` : "", "What could not be judged is never shown as passed.", el("button", { type: "button", onclick: () => show("unread") }, "See what is missing"));
    $("banner").append(box);
  }
  if (notes.length) $("banner").append(el("p", { class: "banner plain" }, shown(notes.join(" "))));
}

const TABS = [["findings", "Findings"], ["frameworks", "Frameworks"], ["exposure", "Exposure"], ["trend", "Trend"], ["unread", "Not read"]];
function tabs() {
  const counts = { frameworks: D.frameworks.length, exposure: D.exposure.length, trend: D.trend.length, unread: D.gaps.length + D.broken.length };
  for (const [id, word] of TABS) {
    const count = counts[id];
    $("tabs").append(el("button", { type: "button", id: `tab-${id}`, onclick: () => show(id) }, word, count === undefined ? "" : el("small", {}, number(count))));
  }
  show("findings");
}
function show(id) {
  for (const [one] of TABS) {
    $(one).hidden = one !== id;
    if (one === id) $(`tab-${one}`).setAttribute("aria-current", "page"); else $(`tab-${one}`).removeAttribute("aria-current");
  }
  if (id === "findings" && items.length) draw();
}

// ---- filters
function read() {
  view = { ...EMPTY };
  const words = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(EMPTY)) if (words.has(key)) view[key] = words.get(key);
}
function write() {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) if (value !== EMPTY[key]) words.set(key, value);
  const text = words.toString();
  try { history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search); } catch { /* a page without an address keeps its filters to itself */ }
}
function set(changes) { Object.assign(view, changes); write(); filters(); apply(); }

function select(name, word, options) {
  const input = el("select", { id: `f-${name}`, onchange: (event) => set({ [name]: event.target.value, ...(name === "framework" ? { control: "" } : {}) }) }, options.map(([value, text]) => el("option", { value, selected: String(view[name]) === String(value) }, shown(text))));
  return el("div", {}, el("label", { for: `f-${name}` }, word), input);
}
const unique = (values) => [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
function chips(name, word, entries) {
  const toggle = (value) => set({ [name]: view[name].includes(value) ? view[name].replace(value, "") : view[name] + value });
  return el("fieldset", {}, el("legend", {}, word), el("div", { class: "chips" }, entries.map(([value, text, count]) => el("button", { type: "button", class: "chip", "data-value": value, "aria-pressed": String(view[name].includes(value)), onclick: () => toggle(value) }, text, el("small", {}, number(count))))));
}
function filters() {
  const form = $("filters"), focused = document.activeElement && document.activeElement.id;
  const counts = {}, severities = {};
  for (let row = 0; row < R.rule.length; row++) counts[R.outcome[row]] = (counts[R.outcome[row]] || 0) + 1;
  for (let row = 0; row < R.rule.length; row++) if (!view.outcome || view.outcome.includes(R.outcome[row])) severities[R.severity[row]] = (severities[R.severity[row]] || 0) + 1;
  const accounts = unique(D.scopes.map((one) => `${one[0]}:${one[1]}`)), names = Object.fromEntries(D.scopes.map((one) => [`${one[0]}:${one[1]}`, account(one)]));
  const search = el("input", { id: "f-text", type: "search", value: view.text, placeholder: "Name, id, words, rule", spellcheck: "false" });
  search.addEventListener("input", () => { view.text = search.value; write(); apply(); });
  put(form, [
    el("div", { class: "first" }, el("label", { for: "f-text" }, "Search"), search),
    el("button", { type: "button", class: "plainbutton more first", "aria-expanded": String(form.classList.contains("shown")), onclick: () => { form.classList.toggle("shown"); filters(); } }, form.classList.contains("shown") ? "Fewer filters" : "All filters"),
    chips("outcome", "Outcome", OUTCOMES.filter(([letter]) => counts[letter]).map(([letter, word]) => [letter, word, counts[letter]])),
    chips("severity", "Severity", [...D.severities].map((word, rank) => [String(rank), word, severities[rank] || 0]).reverse().filter((one) => one[2] || view.severity.includes(one[0]))),
    select("account", "Account", [["", "all"], ...accounts.map((id) => [id, clouds > 1 ? `${id.split(":")[0]}: ${names[id]}` : names[id]])]),
    select("region", "Region", [["", "all"], ...unique(D.scopes.map((one) => one[2])).map((one) => [one, one])]),
    select("kind", "Kind", [["", "all"], ...unique(D.kinds).map((one) => [one, one])]),
    select("framework", "Framework", [["", "any"], ...D.frameworks.map((one) => [one.id, one.name])]),
    D.owners.length > 1 ? select("owner", "Owner", [["", "all"], ["-", "nobody"], ...unique(D.owners.filter(Boolean)).map((one) => [`=${one}`, one])]) : null,
    D.compared ? select("since", "Since the run before", [["", "new and known"], ["new", "new, back or worse"], ["known", "known before"]]) : null,
    select("group", "Group by", [["rule", "rule"], ["owner", "owner"], ["account", "account"], ["resource", "resource"]].filter(([id]) => id !== "owner" || D.owners.length > 1)),
    view.control ? el("button", { type: "button", class: "chip", "aria-pressed": "true", onclick: () => set({ control: "" }) }, `control ${view.control} ✕`) : null,
    el("button", { type: "button", class: "plainbutton", id: "reset", onclick: () => { view = { ...EMPTY }; write(); filters(); apply(); } }, "Reset filters"),
  ]);
  if (focused && $(focused)) $(focused).focus();
}

function tiles() {
  const counts = {}, others = {};
  for (let row = 0; row < R.rule.length; row++) {
    const letter = R.outcome[row];
    others[letter] = (others[letter] || 0) + 1;
    if (letter === "F") counts[R.severity[row]] = (counts[R.severity[row]] || 0) + 1;
  }
  const tile = (word, count, tone, changes) => el("button", { type: "button", class: `tile ${tone}${count ? "" : " none"}`, onclick: () => set({ ...EMPTY, ...changes }) }, el("b", {}, number(count)), el("span", {}, word));
  $("tiles").replaceChildren(
    ...[...D.severities].map((word, rank) => tile(word, counts[rank] || 0, word, { outcome: "F", severity: String(rank) })).reverse(),
    tile("not judged", (others.N || 0) + (others.U || 0) + (others.E || 0), "warn", { outcome: "NUE" }),
    D.history ? tile("fixed or gone", (others.X || 0) + (others.G || 0), "good", { outcome: "XG" }) : tile("accepted", others.W || 0, "info", { outcome: "W" }),
    tile("passed", others.P || 0, "good", { outcome: "P" }),
  );
}

function matching() {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean), found = [];
  const rules = D.rules.map((rule) => (!view.framework || rule.controls.some((one) => one.startsWith(`${view.framework}:`))) && (!view.control || rule.controls.includes(view.control) || inControl(rule.id)));
  const scopes = D.scopes.map((one) => (!view.account || view.account === `${one[0]}:${one[1]}`) && (!view.region || view.region === one[2]));
  const owners = D.owners.map((one) => !view.owner || (view.owner === "-" ? !one : view.owner === `=${one}`));
  const kinds = D.kinds.map((one) => !view.kind || view.kind === one);
  const ruleText = D.rules.map((rule) => `${rule.id} ${rule.title}`.toLowerCase());
  for (let row = 0; row < R.rule.length; row++) {
    if (view.outcome && !view.outcome.includes(R.outcome[row])) continue;
    if (view.severity && !view.severity.includes(R.severity[row])) continue;
    if (!rules[R.rule[row]] || !scopes[R.scope[row]] || !owners[R.owner[row]] || !kinds[R.kind[row]]) continue;
    if (view.since) {
      const mark = more(row).k || "", fresh = ["new", "first_checked", "reopened", "changed", "worse", "lapsed"].includes(mark);
      if ((view.since === "new") !== fresh) continue;
    }
    if (words.length) {
      const extra = more(row), text = `${R.resource[row]} ${R.name[row]} ${extra.f || ""} ${(extra.m || []).join(" ")}`.toLowerCase();
      if (!words.every((word) => text.includes(word) || ruleText[R.rule[row]].includes(word))) continue;
    }
    found.push(row);
  }
  return found;
}
let controlRules = null;
function inControl(rule) {
  if (!controlRules || controlRules.id !== view.control) {
    const one = D.frameworks.flatMap((framework) => framework.controls).find((control) => control[0] === view.control);
    controlRules = { id: view.control, rules: new Set(one ? one[9] : []) };
  }
  return controlRules.rules.has(rule);
}

// ---- the list: only what is in sight is in the page, whatever its length
const GROUP = 50, ROW = 46;
function groupOf(row) {
  if (view.group === "owner") return [`o${R.owner[row]}`, D.owners[R.owner[row]] || "nobody's", "", ""];
  if (view.group === "account") { const one = scope(row); return [`a${one[0]}:${one[1]}`, account(one), `${one[0]}${one[4] ? ` · ${one[4]}` : ""}`, ""]; }
  if (view.group === "resource") return [`r${R.resource[row]}`, label(row), D.kinds[R.kind[row]], ""];
  const rule = D.rules[R.rule[row]];
  return [`u${R.rule[row]}`, rule.title, rule.id, ""];
}
function apply() {
  const found = matching(), groups = new Map();
  for (const row of found) {
    const [key, title, sub] = groupOf(row);
    const group = groups.get(key) || { key, title, sub, rows: [], worst: 0, letter: R.outcome[row] };
    group.rows.push(row); group.worst = Math.max(group.worst, R.severity.charCodeAt(row) - 48);
    groups.set(key, group);
  }
  order = [...groups.values()].sort((a, b) => b.worst - a.worst || b.rows.length - a.rows.length || (a.title < b.title ? -1 : 1));
  for (const group of order) group.rows.sort((a, b) => R.severity.charCodeAt(b) - R.severity.charCodeAt(a) || a - b);
  if (order.length === 1) open.add(order[0].key);
  $("count").textContent = `${plural(found.length, "verdict")} in ${plural(order.length, "group")}`;
  for (const tile of $("tiles").children) tile.setAttribute("aria-pressed", "false");
  lay(); $("list").scrollTop = 0; at = 0; draw();
}
function lay() {
  items = []; let top = 0;
  for (const group of order) {
    items.push({ group, top, height: GROUP }); top += GROUP;
    if (open.has(group.key)) for (const row of group.rows) { items.push({ group, row, top, height: ROW }); top += ROW; }
  }
  $("space").style.height = `${Math.max(top, 60)}px`;
}
function draw() {
  const list = $("list"), from = list.scrollTop - 300, to = list.scrollTop + list.clientHeight + 300;
  if (!items.length) { $("rows").style.transform = ""; $("rows").replaceChildren(el("p", { class: "empty" }, R.rule.length ? "Nothing fits these filters." : "Nothing was checked.")); return; }
  let first = 0, last = items.length;
  for (let step = 1 << 22; step; step >>= 1) if (first + step < items.length && items[first + step].top <= from) first += step;
  const made = [];
  for (let index = first; index < last && items[index].top < to; index++) made.push(line(items[index], index));
  $("rows").style.transform = `translateY(${items[first].top}px)`;
  $("rows").replaceChildren(...made);
  const now = $(`item-${at}`);
  if (now) list.setAttribute("aria-activedescendant", now.id); else list.removeAttribute("aria-activedescendant");
}
function line(item, index) {
  const { group, row } = item, here = index === at ? " at" : "";
  if (row === undefined) {
    const expanded = open.has(group.key);
    return el("div", { class: `group${here}`, id: `item-${index}`, role: "option", "aria-expanded": String(expanded), "aria-label": `${D.severities[group.worst]}, ${shown(group.title)}, ${group.rows.length}`, onclick: () => { at = index; toggle(group); } },
      el("span", { class: "arrow", "aria-hidden": "true" }, expanded ? "▼" : "▶"), badge(D.severities[group.worst], D.severities[group.worst]),
      el("span", { class: "what" }, el("b", {}, shown(group.title)), el("span", {}, shown(group.sub))), el("span", { class: "number" }, number(group.rows.length)));
  }
  const extra = more(row), letter = R.outcome[row];
  const said = (extra.m || [])[0] || (extra.u || []).map((one) => `${one[0]}: ${one[1]}`)[0] || (letter === "P" ? "passed" : "");
  const title = view.group === "rule" ? label(row) : `${D.rules[R.rule[row]].title}: ${label(row)}`;
  return el("div", { class: `row${row === chosen ? " chosen" : ""}${here}`, id: `item-${index}`, role: "option", "aria-selected": String(row === chosen), onclick: () => { at = index; choose(row); } },
    view.group !== "rule" || severity(row) !== D.severities[group.worst] ? badge(severity(row), severity(row)) : null,
    letter === "F" ? null : badge(WORD[letter], TONE[letter]), extra.k && letter === "F" && MARKS[extra.k] ? badge(MARKS[extra.k], "low") : null,
    el("span", { class: "what" }, el("b", {}, shown(title)), el("span", {}, shown(said))), el("span", { class: "where" }, shown(place(row))));
}
function toggle(group) {
  if (open.has(group.key)) open.delete(group.key); else open.add(group.key);
  lay(); draw();
}
function list() {
  const box = $("list");
  let waiting = false;
  box.addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } }, { passive: true });
  box.addEventListener("keydown", (event) => {
    const item = items[at], page = Math.max(1, Math.floor(box.clientHeight / ROW) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length };
    if (event.key in moves) at = Math.max(0, Math.min(items.length - 1, at + moves[event.key]));
    else if (event.key === "Enter" || event.key === " ") { if (!item) return; if (item.row === undefined) toggle(item.group); else choose(item.row, true); }
    else if (event.key === "ArrowRight" && item && item.row === undefined && !open.has(item.group.key)) toggle(item.group);
    else if (event.key === "ArrowLeft" && item && open.has(item.group.key)) { at = items.findIndex((one) => one.group === item.group); toggle(item.group); }
    else return;
    event.preventDefault();
    const now = items[at];
    if (now && now.top < box.scrollTop) box.scrollTop = now.top;
    if (now && now.top + now.height > box.scrollTop + box.clientHeight) box.scrollTop = now.top + now.height - box.clientHeight;
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen >= 0) close();
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); show("findings"); $("f-text").focus(); }
  });
  $("actions").append(
    el("button", { type: "button", class: "plainbutton", onclick: () => { if (open.size) open.clear(); else order.forEach((group) => open.add(group.key)); at = 0; lay(); draw(); } }, "Open or close all"),
    el("button", { type: "button", class: "plainbutton", onclick: () => print() }, "Print"),
  );
}

// ---- one finding
function copy(text) {
  const pre = el("pre", {}, shown(text));
  const button = el("button", { type: "button", class: "plainbutton", onclick: async () => {
    try { await navigator.clipboard.writeText(shown(text)); button.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(pre); button.textContent = document.execCommand("copy") ? "Copied" : "Selected"; }
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  } }, "Copy");
  return el("div", { class: "copy" }, pre, button);
}
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);
function fixOf(row) {
  const text = D.rules[R.rule[row]].fix[scope(row)[0]] || "";
  const id = R.resource[row], name = R.name[row] || id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf(":")) + 1);
  return text.replace(/\{(id|name)\}/g, (_, key) => quoted(shown(key === "id" ? id : name)));
}
function consoleOf(row) {
  const id = R.resource[row], one = scope(row);
  if (one[0] === "aws" && /^arn:aws:/.test(id)) return `https://console.aws.amazon.com/go/view?arn=${encodeURIComponent(id)}`;
  if (one[0] === "azure" && id.startsWith("/subscriptions/")) return `https://portal.azure.com/#@/resource${encodeURI(id)}`;
  if (one[0] === "gcp") return `https://console.cloud.google.com/home/dashboard?project=${encodeURIComponent(one[1])}`;
  return "";
}
function link(address, text) { return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text); }
function safe(address) { return /^https?:\/\//.test(address) ? address : ""; }
function prose(text) {
  return text.split(/\n\s*\n/).map((block) => (/^(\s{2,}|- )/.test(block) ? el("pre", { class: "mono" }, shown(block)) : el("p", {}, shown(block.replace(/\s*\n\s*/g, " ")))));
}
function fact(name, value) { return value ? [el("dt", {}, name), el("dd", {}, value)] : []; }
function life(row) {
  const extra = more(row), letter = R.outcome[row];
  if (!extra.a) return [];
  const ended = { X: "Fixed", G: "Gone", R: "Over by a rule" }[letter];
  return [
    ...fact("First seen", day(extra.a)), ...fact("Open since", extra.o && extra.o !== extra.a ? day(extra.o) : ""),
    ...fact(ended || "", ended ? day(extra.c) : ""), ...fact("Last seen", day(extra.z)),
    ...fact("Came back", extra.r ? plural(extra.r, "time") : ""),
  ];
}
function choose(row, focus) {
  chosen = row;
  const rule = D.rules[R.rule[row]], extra = more(row), one = scope(row), letter = R.outcome[row], fix = fixOf(row);
  const code = extra.l ? `${extra.l[0]}:${extra.l[1]}` : "";
  const codeUrl = extra.l && D.code ? safe(D.code.replace("{path}", extra.l[0].split("/").map(encodeURIComponent).join("/")).replace("{line}", extra.l[1])) : "";
  const address = consoleOf(row);
  const panel = $("detail");
  put(panel, [
    el("header", {}, badge(severity(row), severity(row)), badge(WORD[letter], TONE[letter]), extra.k && MARKS[extra.k] && MARKS[extra.k] !== WORD[letter] ? badge(MARKS[extra.k], "low") : null, el("button", { type: "button", class: "plainbutton close", onclick: close }, "Close")),
    el("h2", { tabindex: "-1", id: "detail-title" }, shown(rule.title)), el("p", { class: "mono" }, shown(rule.id)),
    el("h3", {}, "Resource"), copy(R.resource[row]),
    el("dl", { class: "facts" }, fact("Name", R.name[row] && shown(R.name[row])), fact("Kind", D.kinds[R.kind[row]]), fact("Account", `${one[0]}: ${cleanAccount(one)}`), fact("Environment", one[4] && shown(one[4])), fact("Region", one[2]), D.owners.length > 1 ? fact("Owner", shown(D.owners[R.owner[row]] || "nobody")) : null, life(row)),
    el("p", { class: "links" }, address ? link(address, { aws: "AWS console", azure: "Azure portal", gcp: "Project in the Google Cloud console" }[one[0]]) : null, codeUrl ? link(codeUrl, `Code: ${shown(code)}`) : code ? el("span", {}, "Code: ", el("code", {}, shown(code))) : null),
    (extra.m || []).length ? [el("h3", {}, letter === "X" || letter === "G" || letter === "N" ? "What was observed" : "Evidence"), el("ul", {}, extra.m.map((text) => el("li", {}, shown(text))))] : null,
    (extra.u || []).length ? [el("h3", {}, "Not read"), el("ul", {}, extra.u.map((text) => el("li", {}, shown(`${text[0]}: ${text[1]}`))))] : null,
    extra.w ? [el("h3", {}, "Accepted"), el("p", {}, shown(extra.w))] : null,
    rule.why ? [el("h3", {}, "Why it matters"), prose(rule.why)] : null,
    fix ? [el("h3", {}, "Fix"), copy(fix)] : null,
    rule.controls.length ? [el("h3", {}, "Controls"), el("p", {}, shown(rule.controls.join(", ")))] : null,
    (rule.references || []).some(safe) ? [el("h3", {}, "References"), el("ul", {}, rule.references.filter(safe).map((one) => el("li", {}, link(one, shown(one)))))] : null,
    extra.f ? [el("h3", {}, "Fingerprint"), copy(extra.f)] : null,
  ]);
  panel.hidden = false;
  document.querySelector(".split").classList.add("open");
  panel.scrollTop = 0; draw();
  if (focus) $("detail-title").focus();
}
function close() {
  chosen = -1; $("detail").hidden = true;
  document.querySelector(".split").classList.remove("open");
  draw(); $("list").focus();
}

// ---- the other parts
function card(title, text, ...inner) { return el("div", { class: "card" }, el("h2", {}, shown(title)), text ? el("p", {}, shown(text)) : null, ...inner); }
const STATES = [["failed", "high"], ["unknown", "warn"], ["waived", "info"], ["passed", "good"]];
function frameworks() {
  const box = $("frameworks");
  if (!D.frameworks.length) box.append(card("No frameworks", "No rule of this run maps to a control of one."));
  for (const one of D.frameworks) {
    const counts = {};
    for (const control of one.controls) counts[control[3]] = (counts[control[3]] || 0) + 1;
    const judged = STATES.reduce((sum, [state]) => sum + (counts[state] || 0), 0), passed = counts.passed || 0;
    const meter = el("div", { class: "meter", role: "img", "aria-label": STATES.map(([state]) => `${counts[state] || 0} ${state}`).join(", ") });
    for (const [state, tone] of STATES) if (counts[state]) { const part = el("i", { class: tone }); part.style.width = `${counts[state] / judged * 100}%`; meter.append(part); }
    const rest = one.controls.length - judged;
    box.append(card(one.name, judged ? `${Math.round(passed / judged * 100)} % of ${plural(judged, "control")} with something to judge passed; ${number(rest)} of ${number(one.controls.length)} had nothing to judge, no rule, or are for a person.` : "Nothing of it was judged.",
      meter, el("p", { class: "legend" }, STATES.map(([state, tone]) => el("span", {}, el("i", { class: tone }), `${counts[state] || 0} ${state}`))),
      el("details", {}, el("summary", {}, "Controls"), el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ["Control", "", "State", "Passed", "Failed", "Unknown", "Accepted"].map((word, index) => el("th", { class: index > 2 ? "n" : "" }, word)))),
        el("tbody", {}, one.controls.map((control) => el("tr", {}, el("td", { class: "mono" }, control[5] + control[4] + control[6] + control[7] ? el("button", { type: "button", class: "link mono", onclick: () => { set({ ...EMPTY, outcome: "FNUEW", framework: "", control: control[0] }); show("findings"); } }, shown(control[1])) : shown(control[1])),
          el("td", {}, shown(control[2])), el("td", {}, badge(control[3] + (control[10] ? ", in part" : ""), (STATES.find(([state]) => state === control[3]) || [])[1] || "info")), [4, 5, 6, 7].map((index) => el("td", { class: "n" }, control[index] ? number(control[index]) : ""))))))))));
  }
}

const WIDE = { W: ["everyone", "critical"], P: ["a large part", "high"], N: ["few", "info"], U: ["not known", "warn"] };
function exposure() {
  const box = $("exposure");
  if (!D.exposure.length) { box.append(card("Nothing is known to be reachable", "Either nothing can be reached from the internet, or this run had no rule that looks.")); return; }
  const worst = (one) => Math.min(...(one.effective || []).map((opening) => "WPUN".indexOf(opening.class)), one.unread ? 2 : 3);
  const groups = new Map();
  for (const one of [...D.exposure].sort((a, b) => worst(a) - worst(b))) {
    const key = `${one.provider} ${one.account}`;
    groups.set(key, [...(groups.get(key) || []), one]);
  }
  for (const [key, all] of groups) {
    const everyone = all.filter((one) => (one.effective || []).some((opening) => opening.class === "W")).length;
    const holder = el("div", {}), step = 60;
    let drawn = 0;
    const next = el("button", { type: "button", class: "plainbutton", onclick: () => extend() }, "Show more");
    const extend = () => { holder.append(...all.slice(drawn, drawn + step).map(endpoint)); drawn += step; next.hidden = drawn >= all.length; };
    extend();
    box.append(card(key, `${plural(all.length, "endpoint")} with a way in, ${number(everyone)} open to everyone. Each line is the way of a packet: from whom, by which rules, to which ports.`, holder, next));
  }
}
function endpoint(one) {
  const title = one.name || one.endpoint;
  return el("div", { class: "endpoint" }, el("h3", {}, shown(title), " ", el("small", {}, shown([one.region, ...(one.addresses || []).slice(0, 3)].join(" · ")))),
    one.owner && one.owner !== one.endpoint ? el("p", { class: "mono" }, shown(one.owner)) : null,
    one.unread ? el("p", {}, badge("not known", "warn"), " ", shown(one.unread)) : null,
    (one.effective || []).map((opening) => {
      const [word, tone] = WIDE[opening.class], [low, high] = opening.ports;
      const port = `${opening.protocol} ${low === high ? low : low === 0 && high === 65535 ? "all ports" : `${low}–${high}`} (IPv${opening.family})`;
      const hops = (opening.via || []).flatMap((rule) => [el("span", { class: "to", "aria-hidden": "true" }, "→"), el("span", { class: "hop" }, shown(rule))]);
      return el("div", { class: `way ${tone}` }, badge(word, tone), hops, el("span", { class: "to", "aria-hidden": "true" }, "→"), el("span", { class: "hop port" }, shown(port)), opening.doubts ? el("span", {}, `unless ${shown(opening.doubts.join(", "))}`) : null);
    }));
}

function svg(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
function trend() {
  const box = $("trend"), nights = D.trend;
  if (!nights.length) { box.append(card("No history", "Give --history FILE, or [history] in surefoot.toml, and every run adds a night here.")); return; }
  const total = (night) => Object.values(night.open).reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...nights.map(total)), recent = nights.slice(-120), height = 240, left = 46, bottom = 24;
  // As wide as the window now: drawn for another width, its letters would be squeezed.
  const width = Math.max(300, Math.min(1400, document.documentElement.clientWidth - 70)), labels = Math.floor((width - left) / 56);
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": `Open findings after each of ${recent.length} runs; the latest: ${total(recent[recent.length - 1])}` });
  const step = (width - left) / recent.length, bar = Math.min(step * .74, 46);
  for (const part of [0, .5, 1]) {
    const y = (height - bottom) - part * (height - bottom - 12);
    chart.append(svg("line", { x1: left, x2: width, y1: y, y2: y, class: "axis" }), svg("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, number(Math.round(most * part))));
  }
  recent.forEach((night, index) => {
    let y = height - bottom;
    for (const word of [...D.severities].reverse()) {
      const count = night.open[word] || 0, tall = count / most * (height - bottom - 12);
      if (!count) continue;
      y -= tall;
      const rect = svg("rect", { x: left + index * step + (step - bar) / 2, y, width: bar, height: tall, class: word });
      rect.append(svg("title", {}, `${day(night.started)}: ${count} ${word}`));
      chart.append(rect);
    }
    if (index % Math.ceil(recent.length / labels) === 0) chart.append(svg("text", { x: left + index * step + step / 2, y: height - 7, "text-anchor": "middle" }, day(night.started).slice(5)));
  });
  const sum = (night, ...keys) => keys.reduce((all, key) => all + (night.changes[key] || 0), 0);
  const columns = [["Open", total], ["New", (night) => sum(night, "new", "first_checked")], ["Came back", (night) => sum(night, "reopened")], ["Fixed", (night) => sum(night, "fixed")], ["Gone", (night) => sum(night, "gone")], ["No longer readable", (night) => sum(night, "not_checked", "unknown")], ["Not checked", (night) => night.not_checked]];
  box.append(card("Open findings after each run", "What a run could not look at counts as it was last known.", chart, el("p", { class: "legend" }, [...D.severities].reverse().map((word) => el("span", {}, el("i", { class: word }), word)))),
    card("Runs", "", el("div", { class: "scroll" }, el("table", { id: "nights" }, el("thead", {}, el("tr", {}, el("th", {}, "Run"), columns.map(([word]) => el("th", { class: "n" }, word)))), el("tbody", {}, [...nights].reverse().slice(0, 400).map((night) => el("tr", {}, el("td", {}, night.started.slice(0, 16).replace("T", " ")), columns.map(([, count]) => el("td", { class: "n" }, number(count(night)))))))))));
}

function unread() {
  const box = $("unread");
  const row = (cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)));
  if (D.gaps.length) box.append(card("Lists that were not read", "What stands in them is not known: their rules could not look at it, and nothing of it is called passed or fixed.", el("div", { class: "scroll" }, el("table", { id: "gaps" }, el("thead", {}, el("tr", {}, ["Account", "List of", "Missing", "Why", "Rules"].map((word) => el("th", {}, word)))), el("tbody", {}, D.gaps.map((gap) => row([shown(`${gap.cloud}: ${gap.account}`) + (gap.regions.length > 1 ? `, ${plural(gap.regions.length, "region")}` : `, ${gap.regions[0]}`), shown(gap.kind), el("code", {}, shown(gap.permission || gap.code)), [shown(gap.why), gap.waived ? el("div", {}, badge("accepted", "info"), " ", shown(gap.waived)) : null], number(gap.rules.length)])))))));
  const missing = new Map();
  for (const [row, extra] of Object.entries(R.more)) if ("UN".includes(R.outcome[row])) for (const [field, why, permission] of extra.u || []) {
    const key = permission || `${field}: ${why}`, one = missing.get(key) || [key, why, 0];
    one[2] += 1; missing.set(key, one);
  }
  if (missing.size) box.append(card("Facts that were not read", "Verdicts that wait for them are unknown.", el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ["Missing", "The first of them said", "Verdicts"].map((word) => el("th", {}, word)))), el("tbody", {}, [...missing.values()].sort((a, b) => b[2] - a[2]).slice(0, 500).map(([key, why, count]) => row([el("code", {}, shown(key)), shown(why), number(count)])))))));
  if (D.broken.length) box.append(card("Broken rules", "", el("ul", {}, D.broken.map((one) => el("li", {}, shown(`${one.rule}, on ${plural(one.count, "resource")}: ${one.text}`))))));
  if (D.waivers.length) box.append(card("Waivers", "What is accepted, by whom, and until when.", el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ["What", "Reason", "Owner", "Approved by", "Until", "State", "Hides"].map((word) => el("th", {}, word)))), el("tbody", {}, D.waivers.map((one) => row([shown(one.subject), shown(one.reason), shown(one.owner), shown(one.approved_by || ""), one.until, one.state, number(one.hides)])))))));
  if (!box.children.length) box.append(card("Everything was read", "No list and no fact was missing."));
}

const PRINTED = 2000;
function printed() {
  let left = PRINTED;
  const made = [];
  for (const group of order) {
    if (left <= 0) break;
    made.push(el("h3", {}, `${D.severities[group.worst].toUpperCase()}: ${shown(group.title)} (${group.rows.length})`));
    for (const row of group.rows.slice(0, left)) made.push(el("p", {}, shown(`${label(row)} · ${place(row)} · ${WORD[R.outcome[row]]}: ${(more(row).m || []).join("; ")}`)));
    left -= group.rows.length;
  }
  if (left < 0) made.push(el("p", {}, `The first ${number(PRINTED)} are printed.`));
  $("print").replaceChildren(...made);
}

const data = $("data").textContent.trim();
$("data").remove();
const failed = (error) => { $("loading").textContent = `The report could not be unpacked: ${error.message}. A browser from 2023 or newer can.`; };
if (data[0] === "{") try { ready(JSON.parse(data)); } catch (error) { failed(error); }
else unpack(data).then(ready).catch(failed);
})();
