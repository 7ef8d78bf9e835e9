// One phone: the account's profile until the person follows, then the chat.

import { api } from "./api.js";
import { BottomBar } from "./bar.js";
import { line } from "./bubbles.js";
import { button, el, toast } from "./dom.js";
import { icon } from "./icons.js";
import { timeLabel } from "./times.js";

const GAP_MS = 5 * 60 * 1000;
const TYPING_MS = 15 * 1000;

export class Frame {
  // `account` gives { name, mark }, `nextName` hands out the name of the next new person.
  constructor(account, menu, nextName) {
    this.account = account;
    this.menu = menu;
    this.nextName = nextName;
    this.openid = null;
    this.article = null;
    this.name = "";
    this.node = el("section", "phone");
    this.showProfile();
  }

  showProfile() {
    const follow = button("follow", "关注公众号", () => this.follow());
    this.node.replaceChildren(
      el("header", "nav"),
      el("div", "profile", el("span", "avatar big", this.account.mark), el("h2", "", this.account.name),
        el("p", "", "为小微企业提供贷款、账户与企业网银咨询"), el("p", "small", "服务号 · 模拟账号"), follow),
    );
  }

  async follow() {
    const name = this.name || this.nextName();
    try {
      // The phone is drawn from the stream; the call itself returns only after the welcome was delivered.
      const openid = this.openid || `o${randomName(27)}`;
      this.openid = openid;
      this.name = name;
      this.showChat([]);
      remember(openid);
      await api.follow({ openid, name });
    } catch (error) {
      toast(error.message);
    }
  }

  async open(follower) {
    this.openid = follower.openid;
    this.name = follower.name;
    if (follower.is_following) this.showChat(await api.transcript(follower.openid));
    else this.showProfile();
  }

  showChat(entries) {
    this.seen = new Set();
    this.pending = [];
    this.lastAt = 0;
    this.title = el("h1", "", this.account.name);
    const open = el("a", "whole", icon("expand"));
    open.href = `/phone?openid=${encodeURIComponent(this.openid)}`;
    open.setAttribute("aria-label", "全屏打开");
    this.list = el("div", "list");
    this.list.addEventListener("click", () => this.bar.closeSubmenus());
    // Opening the drawer makes the list smaller: its end stays in sight.
    this.resized?.disconnect();
    this.resized = new ResizeObserver(() => { this.list.scrollTop = this.list.scrollHeight; });
    this.resized.observe(this.list);
    this.bar = new BottomBar({
      send: (text) => this.send({ type: "text", content: text }, { type: "text", text }),
      act: (body) => this.act(body),
      visit: (item) => this.visit(item),
    });
    this.bar.setMenu(this.menu);
    const who = el("span", "who", this.name);
    this.node.replaceChildren(el("header", "nav", el("span", "back", "‹"), this.title, who, open), this.list, this.bar.node);
    for (const entry of entries) this.add(entry);
  }

  setMenu(menu) {
    this.menu = menu;
    this.bar?.setMenu(menu);
  }

  add(entry) {
    if (!this.list || this.seen.has(entry.seq)) return;
    this.seen.add(entry.seq);
    this.settlePending(entry);
    this.stamp(entry.at);
    const node = line(entry, this.chat());
    node.dataset.seq = entry.seq;
    this.list.append(node);
    for (const wait of this.pending) this.list.append(wait.node); // what is still on its way stays below
    this.scroll(node);
  }

  setTyping(isOn) {
    if (!this.title) return;
    this.title.textContent = isOn ? "对方正在输入…" : this.account.name;
    clearTimeout(this.typingTimer);
    if (isOn) this.typingTimer = setTimeout(() => this.setTyping(false), TYPING_MS);
  }

  setFollowing(isFollowing) {
    if (!isFollowing) this.showProfile();
  }

  chat() {
    return {
      openid: this.openid,
      name: this.name,
      mark: this.account.mark,
      onMenuTap: (content, id) => (
        this.send({ type: "text", content, bizmsgmenuid: id }, { type: "text", text: content })),
    };
  }

  // Shows the message at once, greyed until the platform has it.
  async send(body, entry) {
    const node = line({ from: "user", ...entry }, this.chat());
    node.classList.add("sending");
    node.append(el("span", "state", "发送中"));
    const wait = { node, text: entry.text };
    this.pending.push(wait);
    this.list.append(node);
    this.scroll(node);
    try {
      await api.act(this.openid, this.article ? { ...body, article: this.article } : body);
      this.drop(wait);
    } catch (error) {
      this.pending = this.pending.filter((other) => other !== wait);
      node.classList.replace("sending", "failed");
      node.querySelector(".state").textContent = "未发送";
      toast(error.message);
    }
  }

  async act(body) {
    try {
      await api.act(this.openid, body);
    } catch (error) {
      toast(error.message);
    }
  }

  visit(item) {
    if (item.type === "click") this.act({ type: "click", key: item.key });
    else if (item.type === "view") this.openPage(item.url);
    else if (item.type === "miniprogram") this.act({ type: "view_miniprogram", pagepath: item.pagepath });
    else if (item.type?.startsWith("scancode")) this.act({ type: item.type, key: item.key, result: "https://example.com/q" });
    else if (item.type) this.act({ type: item.type, key: item.key });
  }

  openPage(url) {
    this.act({ type: "view", url });
    if (/^https?:\/\//i.test(url)) window.open(url, "_blank", "noopener");
  }

  settlePending(entry) {
    if (entry.from !== "user") return;
    const match = this.pending.find((wait) => wait.text === entry.text);
    if (match) this.drop(match);
  }

  drop(wait) {
    wait.node.remove();
    this.pending = this.pending.filter((other) => other !== wait);
  }

  stamp(at) {
    const when = new Date(at);
    if (when - this.lastAt > GAP_MS) this.list.append(el("div", "stamp", timeLabel(when)));
    this.lastAt = when;
  }

  scroll(node) {
    const toEnd = () => { this.list.scrollTop = this.list.scrollHeight; };
    toEnd();
    // A picture grows after it was added.
    for (const image of node.querySelectorAll("img")) image.addEventListener("load", toEnd);
  }
}

export const remembered = () => localStorage.getItem("phone.openid");

function remember(openid) {
  localStorage.setItem("phone.openid", openid);
}

function randomName(length) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % 64]).join("");
}
