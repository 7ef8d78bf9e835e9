// Text of a message with its links: <a href> as the platform allows it, bare web addresses, and menu links that send a text.

import { el, isWebAddress } from "./dom.js";

const ARTICLE_PAGE = "/s";
const BANK_PAGE = "/bank/bind";
const LINK = /<a\s([^>]*)>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。；！？（）【】「」]+)/gi;

export function richText(text, { openid, onMenuLink }) {
  const box = el("span", "words");
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    box.append(text.slice(at, found.index));
    at = found.index + found[0].length;
    const [, attributes, label, bare] = found;
    box.append(bare ? webLink(bare, bare, openid) : anchor(attributes, label, openid, onMenuLink));
  }
  box.append(text.slice(at));
  return box;
}

export function webLink(url, label, openid) {
  const link = el("a", "link", label);
  link.href = asFollower(url, openid);
  link.target = "_blank";
  link.addEventListener("click", () => holdPhone(openid));
  link.rel = "noopener noreferrer";
  return link;
}

function anchor(attributes, label, openid, onMenuLink) {
  const href = (/href\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) || []).slice(1).find(Boolean) || "";
  const plain = label.replace(/<[^>]*>/g, "");
  if (isWebAddress(href)) return webLink(href, plain, openid);
  if (/^weixin:\/\/bizmsgmenu\?/i.test(href)) return menuLink(href, plain, onMenuLink);
  return document.createTextNode(plain); // any other scheme is no link
}

function menuLink(href, label, onMenuLink) {
  const query = new URLSearchParams(href.slice(href.indexOf("?")));
  const link = el("a", "link", label);
  link.href = "#";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    onMenuLink(query.get("msgmenucontent") || label, query.get("msgmenuid") || "");
  });
  return link;
}

// WeChat's own login page knows who is holding the phone; the simulated one is told, also for pages that redirect to it.
export function holdPhone(openid) {
  document.cookie = `wechat_openid=${encodeURIComponent(openid)}; path=/connect; SameSite=Lax`;
}

// Pages the simulator serves itself are opened where this page came from, whatever name the product knows it by.
function asFollower(url, openid) {
  const target = new URL(url);
  if (target.pathname === BANK_PAGE) return `${location.origin}${BANK_PAGE}`;
  // An article is told who opens it, as WeChat tells its own pages.
  if (target.pathname === ARTICLE_PAGE) return `${location.origin}${ARTICLE_PAGE}${target.search}&key=${encodeURIComponent(openid)}`;
  if (target.pathname !== "/connect/oauth2/authorize") return url;
  return `${location.origin}${target.pathname}${target.search}&openid=${encodeURIComponent(openid)}`;
}
