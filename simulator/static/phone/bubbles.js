// One line of the chat for each entry of the transcript.

import { button, el, isWebAddress } from "./dom.js";
import { icon } from "./icons.js";
import { richText, webLink } from "./links.js";

// `chat` gives { openid, name, mark, onMenuTap(content, id) }.
export function line(entry, chat) {
  if (entry.from === "system") return el("div", "notice", entry.text);
  const side = entry.from === "user" ? "mine" : "theirs";
  const face = el("span", "avatar", side === "mine" ? chat.name.slice(0, 1) : chat.mark);
  face.setAttribute("aria-hidden", "true");
  const content = el("div", "content");
  if (entry.kf_nick) content.append(el("div", "nick", entry.kf_nick));
  content.append(body(entry, chat));
  if (entry.ai) content.append(el("div", "ai", "内容由第三方AI生成"));
  return el("div", `line ${side}`, face, content);
}

function body(entry, chat) {
  const draw = DRAW[entry.type];
  return draw ? draw(entry, chat) : bubble(entry.text || `[${entry.type}]`);
}

const bubble = (...children) => el("div", "bubble", ...children);

const DRAW = {
  text: (entry, chat) => bubble(richText(entry.text, { openid: chat.openid, onMenuLink: chat.onMenuTap })),
  msgmenu: (entry, chat) => bubble(
    entry.head ? el("div", "words", entry.head) : null,
    el("div", "choices", ...entry.list.map((item) => (
      button("choice", item.content, () => chat.onMenuTap(item.content, item.id))))),
    entry.tail ? el("div", "words", entry.tail) : null,
  ),
  news: articles,
  mpnewsarticle: articles,
  article: articles,
  notice: notice,
  image: (entry) => picture(entry.url),
  video: (entry) => el("div", "video", entry.from === "user" ? picture(entry.url) : null, el("span", "play", icon("play"))),
  voice: voice,
  location: (entry) => el("div", "card place",
    el("div", "title", entry.label), el("div", "map", el("span", "pin", icon("place")))),
  link: (entry) => articleCard(entry, ""),
  file: (entry) => el("div", "card file", el("div", "title", entry.title), el("span", "sheet", "XLS")),
  miniprogrampage: (entry) => el("div", "card mini",
    el("div", "hint", "小程序"), el("div", "title", entry.title), isWebAddress(entry.url) ? picture(entry.url) : null),
  music: (entry) => el("div", "card", el("div", "title", entry.title || "音乐"), el("div", "hint", entry.description)),
  wxcard: () => el("div", "card", el("div", "title", "卡券")),
};

function articles(entry, chat) {
  return el("div", "stack", ...entry.articles.map((article) => articleCard(article, chat.openid)));
}

function notice(entry) {
  const rows = Object.values(entry.values).map((value) => el("div", "words", value));
  return el("div", "card", el("div", "hint", "服务通知"), ...rows);
}

function articleCard(article, openid) {
  const card = el("div", "card article");
  if (isWebAddress(article.picurl)) card.append(picture(article.picurl));
  card.append(el("div", "title", article.title));
  if (article.description) card.append(el("div", "hint", article.description));
  if (isWebAddress(article.url)) {
    const cover = webLink(article.url, "", openid);
    cover.className = "cover";
    cover.setAttribute("aria-label", article.title);
    card.append(cover);
  }
  return card;
}

function picture(url) {
  const image = el("img", "picture");
  image.alt = "图片";
  if (isWebAddress(url)) image.src = url;
  return image;
}

function voice(entry) {
  const seconds = entry.seconds || 3;
  const bar = el("div", "bubble voice", el("span", "wave", icon("voice")), `${seconds}″`);
  bar.style.width = `${80 + Math.min(seconds, 40) * 3}px`;
  return el("div", "stack", bar, entry.recognition ? el("div", "heard", entry.recognition) : null);
}
