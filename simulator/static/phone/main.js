// The page: which phones stand on it, the toolbar, and the event stream that feeds them all.

import { api } from "./api.js";
import { toast } from "./dom.js";
import { Frame, remembered } from "./frame.js";
import { fullTime, now, setOffset } from "./times.js";

const NAMES = ["陶先生", "张先生", "王先生", "李女士", "赵老板", "周女士"];
const wanted = new URLSearchParams(location.search).get("openid");
const isSmall = matchMedia("(max-width: 700px)").matches;
const MAX_PHONES = Math.max(1, Math.min(3, Math.floor(innerWidth / 440)));
const stage = document.getElementById("stage");
const frames = [];
let page;
let named = 0;

start().catch((error) => toast(error.message));

async function start() {
  page = await api.page();
  setOffset(page.offset_s);
  document.body.classList.toggle("single", isSmall || wanted !== null);
  const followers = await api.followers(wanted || (isSmall ? remembered() : null));
  named = page.followers;
  for (const follower of chosen(followers)) await addFrame().open(follower);
  if (!frames.length) addFrame().openid = wanted;
  // Opened from the page of an article: what is written now is written from there.
  if (wanted) frames[0].article = new URLSearchParams(location.search).get("article");
  follow(page.seq);
  wireToolbar();
}

function chosen(followers) {
  const mine = wanted || (isSmall ? remembered() : null);
  if (mine || isSmall) return followers.filter((follower) => follower.openid === mine);
  return followers.slice(-MAX_PHONES);
}

function addFrame() {
  const account = { name: page.account, mark: "惠" };
  const frame = new Frame(account, page.menu, () => NAMES[named++ % NAMES.length]);
  while (frames.length >= MAX_PHONES) frames.shift().node.remove();
  frames.push(frame);
  stage.append(frame.node);
  return frame;
}

function follow(after) {
  const source = new EventSource(`/sim/events?after=${after}`);
  const on = (kind, handle) => source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  const each = (openid, handle) => frames.filter((frame) => frame.openid === openid).forEach(handle);
  on("entry", ({ openid, entry }) => each(openid, (frame) => frame.add(entry)));
  on("typing", ({ openid, on: isOn }) => each(openid, (frame) => frame.setTyping(isOn)));
  on("follower", ({ openid, is_following: isFollowing }) => each(openid, (frame) => frame.setFollowing(isFollowing)));
  on("menu", (menu) => {
    page.menu = menu;
    frames.forEach((frame) => frame.setMenu(menu));
  });
  on("clock", ({ offset_s: offset }) => {
    setOffset(offset);
    tick();
  });
  on("mode", ({ mode }) => { document.getElementById("mode").value = mode; });
  on("reset", () => location.reload());
}

function wireToolbar() {
  const mode = document.getElementById("mode");
  mode.value = page.mode;
  mode.addEventListener("change", () => api.setMode(mode.value).catch((error) => toast(error.message)));
  for (const node of document.querySelectorAll("[data-advance]")) {
    node.addEventListener("click", () => api.advance(Number(node.dataset.advance)).catch((error) => toast(error.message)));
  }
  document.getElementById("add").addEventListener("click", () => addFrame().follow());
  document.getElementById("verify").addEventListener("click", verify);
  setInterval(tick, 1000);
  tick();
}

async function verify() {
  const report = await api.verify().catch((error) => ({ ok: false, reason: error.message }));
  toast(report.ok ? "回调地址校验通过" : `回调地址校验未通过${report.reason ? `：${report.reason}` : ""}`);
}

function tick() {
  document.getElementById("clock").textContent = fullTime(now());
}
