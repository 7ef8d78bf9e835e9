// The bank's binding page: check a phone, choose the firm, say what one agrees to; or change it later.

import { button, el } from "/static/phone/dom.js";

const visit = location.hash.slice(1);
const page = document.getElementById("page");
const SMS_MS = 30_000;

document.documentElement.classList.toggle("large", new URLSearchParams(location.search).get("size") === "large");
start();

async function start() {
  try {
    show(await ask("GET", "state"));
  } catch (error) {
    page.replaceChildren(wrong(error.message));
  }
}

async function ask(method, path, body) {
  const response = await fetch(`/bank/bind/${path}`, {
    method,
    headers: { "X-Visit": visit, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const reply = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(reply.error || "网络不太好，请再试一次。");
  return reply;
}

function show(state) {
  document.getElementById("bank").textContent = state.bank;
  scrollTo(0, 0);
  if (state.bound) return showBound(state);
  if (!state.phone) return showPhone(state);
  return state.firms.length ? showFirms(state) : showNone(state);
}

function showPhone(state) {
  const phone = input("手机号", "tel", "企业在我行预留的手机号", 11);
  const code = input("验证码", "text", "短信里的6位数字", 6);
  code.entry.append(button("get", "获取验证码", () => act(async () => {
    const sent = await ask("POST", "code", { phone: phone.box.value.trim() });
    showSms(sent.sms);
    code.box.focus();
  })));
  const next = button("go", "下一步", () => act(async () => {
    show(await ask("POST", "login", { code: code.box.value.trim() }));
    document.getElementById("sms").hidden = true;
  }));
  draw(
    steps(0),
    el("section", "block", el("h2", "", "验证手机号"), el("p", "", "只用来确认您是企业的预留联系人，不会要任何密码。"), phone.node, code.node),
    next,
    el("p", "fine", "验证码只填在本页，谁要都别给，也不要发到聊天里。"),
    demo(state, phone.box),
  );
}

function showFirms(state) {
  const firms = state.firms.map((firm, at) => choice("radio", "firm", firm.firm_id, firm.name, `${firm.branch} · 账号尾号${firm.account_tail}`, at === 0));
  const consents = consentBlock(state);
  const bind = button("go", "确认绑定", () => act(async () => {
    const firm_id = firms.find((one) => one.box.checked)?.box.value;
    showDone(await ask("POST", "confirm", { firm_id, consents: consents.words() }));
  }));
  draw(
    steps(1),
    el("section", "block", el("h2", "", "选择企业"), el("p", "", `手机号 ${state.phone} 已验证`), ...firms.map((one) => one.node)),
    consents.node,
    bind,
    el("p", "fine", "绑定后，积分、贷款进度和额度可以在微信里直接问。随时可以在本页解除绑定。"),
  );
}

function showNone(state) {
  draw(
    steps(1),
    el("section", "block", el("h2", "", "没有找到企业"), el("p", "", `手机号 ${state.phone} 不是企业在我行的预留号码。换预留电话，请法人或授权人带证件到开户网点办理。`)),
    button("plain", "换一个手机号", () => showPhone(state)),
  );
}

function showDone(state) {
  const late = state.is_told ? "" : "微信里可能要过几分钟才看得到。";
  draw(
    steps(2),
    el("section", "block done", el("span", "tick", "✓"), el("h2", "", "绑定成功"), el("p", "", state.bound.name),
      el("p", "", `点左上角返回微信，接着问就行。${late}`)),
    button("plain", "查看绑定和授权", () => show(state)),
  );
  scrollTo(0, 0);
}

function showBound(state, note = "") {
  const consents = consentBlock(state);
  const save = button("go", "保存授权", () => act(async () => showBound(await ask("POST", "consents", { consents: consents.words() }), "授权已保存，马上生效。")));
  const remove = button("plain", "解除绑定", () => act(async () => {
    if (remove.dataset.sure) return show(await ask("POST", "remove", {}));
    remove.dataset.sure = "yes";
    remove.textContent = "再点一次，确认解除绑定";
    return undefined;
  }));
  const firm = state.bound;
  draw(
    el("section", "block", el("h2", "", "已绑定企业"), el("p", "", `${firm.name}`), el("p", "", `${firm.branch} · 账号尾号${firm.account_tail}`)),
    consents.node,
    note ? el("p", "right", note) : null,
    save,
    remove,
    el("p", "fine", "解除绑定后，微信里不再显示企业的积分、贷款等信息。"),
  );
}

function draw(...parts) {
  page.replaceChildren(...parts.filter((part) => part !== null));
}

function consentBlock(state) {
  const rows = state.purposes.map((purpose) => choice("checkbox", purpose.id, purpose.id, purpose.title, purpose.text, state.consents[purpose.id] === true));
  const node = el("section", "block", el("h2", "", "您愿意接收什么（可以都不选）"),
    el("p", "", "一项一项单独授权。不勾选不影响绑定，也不影响办理任何业务；以后随时可以改。"), ...rows.map((row) => row.node),
    el("p", "fine", `授权文本版本 ${state.text_version}`));
  return { node, words: () => Object.fromEntries(rows.map((row) => [row.box.value, row.box.checked])) };
}

function choice(type, name, value, title, text, checked) {
  const box = el("input", "");
  Object.assign(box, { type, name, value, checked });
  return { box, node: el("label", "option", box, el("span", "", el("strong", "", title), el("small", "", text))) };
}

function input(title, type, hint, length) {
  const box = el("input", "");
  Object.assign(box, { type, placeholder: hint, maxLength: length, inputMode: "numeric", autocomplete: "off" });
  const entry = el("span", "entry", box);
  box.setAttribute("aria-label", title);
  return { box, entry, node: el("div", "field", el("span", "name", title), entry) };
}

function steps(at) {
  return el("ol", "steps", ...["验证手机号", "选企业和授权", "完成"].map((name, number) => el("li", number <= at ? "on" : "", name)));
}

// No SMS leaves this machine: the phone shows it as a phone would.
function showSms(text) {
  const banner = document.getElementById("sms");
  banner.replaceChildren(el("b", "", "短信 · 现在（模拟）"), text);
  banner.hidden = false;
  clearTimeout(showSms.timer);
  showSms.timer = setTimeout(() => { banner.hidden = true; }, SMS_MS);
}

function demo(state, box) {
  return el("p", "demo", "模拟环境，可用的号码：", ...state.samples.map((one) => button("", `${one.phone} ${one.contact}`, () => { box.value = one.phone; })));
}

async function act(work) {
  page.querySelector(".wrong")?.remove();
  const pressed = [...page.querySelectorAll("button")];
  pressed.forEach((one) => { one.disabled = true; });
  try {
    await work();
  } catch (error) {
    page.querySelector(".go, .plain").before(wrong(error.message));
  } finally {
    pressed.forEach((one) => { one.disabled = false; });
  }
}

function wrong(text) {
  const node = el("p", "wrong", text);
  node.setAttribute("role", "alert");
  return node;
}
