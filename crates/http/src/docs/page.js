// Shows the document beside this page in English or in Chinese. All of it is built as text, never as markup.
"use strict";

const WORDS = {
  en: { parameters: "Parameters", headers: "Headers", body: "Body", statuses: "Answers", data: "On success", examples: "Examples", name: "name", always: "always", where: "in", form: "form", meaning: "meaning", required: "required", scope: "scope", invalid: "Causes of status 100", login: "Authorization", document: "The document: ", broken: "The document cannot be loaded: ", retry: "may be sent again", yes: "yes", no: "no" },
  zh: { parameters: "参数", headers: "请求头", body: "请求体", statuses: "响应", data: "成功时返回", examples: "示例", name: "名称", always: "必有", where: "位置", form: "格式", meaning: "含义", required: "必填", scope: "权限", invalid: "状态100的原因", login: "认证", document: "文档：", broken: "无法加载文档：", retry: "可重试", yes: "是", no: "否" },
};
const VERBS = ["get", "put", "post", "delete"];

let language = "en";
let root;

/** Makes an element. What is inside is text, another element, or a list of these. */
function element(name, inside = [], attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[inside].flat(Infinity).filter((part) => part !== undefined && part !== ""));
  return made;
}

/** Gives the text of an object in the chosen language; English where there is no Chinese. */
function said(object, name) {
  return (language === "zh" && object[`x-${name}-zh`]) || object[name] || "";
}

/** Makes a text with `code` in it. */
function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", part) : part));
}

/** Follows a reference into the document. */
function followed(value) {
  if (!value || !value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((place, key) => place[key], root);
}

function table(titles, rows) {
  const head = element("tr", titles.map((title) => element("th", title)));
  const lines = rows.map((row) => element("tr", row.map((cell) => element("td", cell))));
  return element("div", element("table", [element("thead", head), element("tbody", lines)]), { class: "wide" });
}

/** Tells in a few signs what a value looks like. */
function form(given) {
  const schema = followed(given);
  const choices = schema.anyOf || schema.oneOf;
  if (choices) return choices.map(form).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `[ ${form(schema.items)} ]`;
  const type = [schema.type ?? "any"].flat().join(" | ");
  const least = schema.minLength ?? schema.minimum;
  const most = schema.maxLength ?? schema.maximum;
  const range = least === undefined && most === undefined ? "" : ` ${least ?? 0}…${most ?? ""}`;
  return type + range + (schema.format ? ` (${schema.format})` : "") + (schema.pattern ? ` ${schema.pattern}` : "");
}

/** Lists the members of an object, and those of its members. */
function members(given, before = "") {
  const schema = followed(given);
  if (schema.type === "array") return members(schema.items, `${before.replace(/\.$/, "")}[].`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const inner = followed(member);
    const must = (schema.required ?? []).includes(name);
    const row = [element("code", before + name), must ? element("span", WORDS[language].yes, { class: "must" }) : WORDS[language].no, element("code", form(member)), prose(said(member, "description") || said(inner, "description"))];
    const isDeep = inner.properties || (inner.type === "array" && followed(inner.items).properties);
    return [row, ...(isDeep ? members(inner, `${before}${name}.`) : [])];
  });
}

function memberTable(title, schema, must) {
  const words = WORDS[language];
  const rows = members(schema);
  return rows.length ? [element("h3", title), table([words.name, must, words.form, words.meaning], rows)] : [];
}

function parameterTable(title, parameters) {
  const words = WORDS[language];
  const rows = parameters.map((parameter) => [element("code", parameter.name), parameter.in, parameter.required ? element("span", words.yes, { class: "must" }) : words.no, element("code", form(parameter.schema)), prose(said(parameter, "description"))]);
  return rows.length ? [element("h3", title), table([words.name, words.where, words.required, words.form, words.meaning], rows)] : [];
}

function statusTable(operation) {
  const words = WORDS[language];
  const hasStatus = operation["x-statuses"].some((row) => row.status !== undefined);
  const titles = [...(hasStatus ? ["status"] : []), "HTTP", "code", words.meaning, ...(hasStatus ? [words.retry] : [])];
  const rows = operation["x-statuses"].map((row) => [...(hasStatus ? [String(row.status)] : []), String(row.http_status), row.code ? element("code", row.code) : "", prose(said(row, "meaning")), ...(hasStatus ? [row.retryable ? words.yes : ""] : [])]);
  return [element("h3", words.statuses), table(titles, rows)];
}

/** Quotes a text for a shell. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a request as a line to paste. */
function curl(verb, path, operation, name) {
  const shown = operation.requestBody?.content["application/json"].examples?.[name];
  const query = [];
  let place = path;
  let token = shown?.["x-token"];
  for (const parameter of (operation.parameters ?? []).map(followed)) {
    const example = parameter.examples?.[name];
    if (!example) continue;
    token = example["x-token"];
    const value = encodeURIComponent(example.value);
    if (parameter.in === "path") place = place.replace(`{${parameter.name}}`, value);
    else query.push(`${parameter.name}=${value}`);
  }
  token ??= answers(operation, name)[0]?.["x-token"];
  const url = new URL(`.${place}${query.length ? `?${query.join("&")}` : ""}`, document.baseURI);
  const parts = ["curl -s", verb === "get" || (verb === "post" && shown) ? "" : `-X ${verb.toUpperCase()}`, quoted(url.href), `-H ${quoted(`Authorization: Bearer ${token}`)}`];
  if (shown) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(shown.value))}`);
  return parts.filter(Boolean).join(" ");
}

/** Finds the answers of an example, whatever their HTTP status. */
function answers(operation, name) {
  return Object.values(operation.responses).flatMap((response) => Object.values(response.content ?? {})).map((content) => content.examples?.[name]).filter(Boolean);
}

function examples(verb, path, operation) {
  const names = new Set(Object.values(operation.responses).flatMap((response) => Object.values(response.content ?? {})).flatMap((content) => Object.keys(content.examples ?? {})));
  const shown = [...names].map((name) => {
    const [answer] = answers(operation, name);
    return [element("p", said(answer, "summary")), element("pre", curl(verb, path, operation, name)), element("pre", typeof answer.value === "string" ? answer.value : JSON.stringify(answer.value, null, 1))];
  });
  return shown.length ? [element("h3", WORDS[language].examples), shown] : [];
}

/** Gives in what form an operation answers when all is well. */
function mediaType(operation) {
  return Object.keys(operation.responses["200"].content)[0];
}

function isJson(operation) {
  return mediaType(operation) === "application/json";
}

/** Gives what an operation answers when all is well. */
function success(operation) {
  const schema = Object.values(operation.responses["200"].content)[0].schema;
  return followed(schema.oneOf ? schema.oneOf[0] : schema);
}

function section(path, verb, operation, verbs) {
  const words = WORDS[language];
  const parameters = (operation.parameters ?? []).map(followed);
  const body = operation.requestBody?.content["application/json"].schema;
  return element("section", [
    element("h2", [verbs.map(badge), path]),
    element("p", said(operation, "summary")),
    operation["x-scope"] ? element("p", [`${words.scope}: `, element("code", operation["x-scope"])]) : "",
    parameterTable(words.parameters, parameters.filter((parameter) => parameter.in !== "header")),
    body ? memberTable(words.body, body, words.required) : "",
    parameterTable(words.headers, parameters.filter((parameter) => parameter.in === "header")),
    isJson(operation) ? memberTable(words.data, success(operation), words.always) : [element("h3", words.data), element("p", element("code", mediaType(operation)))],
    statusTable(operation),
    examples(verb, path, operation),
  ], { id: operation.operationId });
}

function badge(verb) {
  return element("span", verb.toUpperCase(), { class: "verb" });
}

/** Lists the operations in their order. What is served for GET as well has one place. */
function listed() {
  const all = Object.entries(root.paths).flatMap(([path, verbs]) => VERBS.filter((verb) => verbs[verb]).map((verb) => ({ path, verb, operation: verbs[verb] })));
  const isTwin = ({ path, operation }) => operation.operationId === `${root.paths[path].post?.operationId}_by_get`;
  const verbs = ({ path, verb }) => all.filter((other) => other.path === path && (other.verb === verb || isTwin(other))).map((other) => other.verb);
  const shown = all.filter((each) => !isTwin(each)).map((each) => ({ ...each, verbs: verbs(each) }));
  return shown.sort((one, other) => one.operation["x-place"] - other.operation["x-place"]);
}

/** Shows all of it. */
function show() {
  const words = WORDS[language];
  document.documentElement.lang = language;
  document.title = root.info.title;
  document.querySelector("h1").replaceChildren(root.info.title, element("small", root.info.version));
  for (const button of document.querySelectorAll("#languages button")) button.setAttribute("aria-pressed", String(button.lang === language));
  const operations = listed();
  const link = ({ path, verbs, operation }) => element("a", [verbs.map(badge), path.replace("/admin/v1", "")], { href: `#${operation.operationId}`, title: said(operation, "summary") });
  document.querySelector("#contents").replaceChildren(...operations.map(link));
  const logins = Object.values(root.components.securitySchemes).map((scheme) => element("li", prose(said(scheme, "description"))));
  const causes = (root["x-invalid-requests"] ?? []).map((cause) => [String(cause.http_status), prose(said(cause, "meaning"))]);
  document.querySelector("main").replaceChildren(
    element("p", prose(said(root.info, "description"))),
    element("p", [words.document, element("a", "openapi.json", { href: "openapi.json" })]),
    element("h3", words.login),
    element("ul", logins),
    ...operations.map(({ path, verb, operation, verbs }) => section(path, verb, operation, verbs)),
    ...(causes.length ? [element("section", [element("h2", words.invalid), table(["HTTP", words.meaning], causes)], { id: "invalid-requests" })] : []),
  );
}

/** The language of the address (`?lang=zh`), or else that of the browser. */
function preferred() {
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

for (const button of document.querySelectorAll("#languages button")) {
  button.addEventListener("click", () => {
    language = button.lang;
    history.replaceState(null, "", `?lang=${language}${location.hash}`);
    show();
  });
}

language = preferred();
fetch("openapi.json").then((answer) => answer.json()).then((loaded) => {
  root = loaded;
  show();
  if (location.hash) document.querySelector(location.hash)?.scrollIntoView();
}).catch((error) => {
  document.querySelector("main").replaceChildren(element("p", WORDS[language].broken + error));
});
