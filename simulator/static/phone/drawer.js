// What else a person can do with the phone: picture, voice, place, scanning a code, leaving.

import { button, el, toast } from "./dom.js";
import { icon } from "./icons.js";

const MAX_PICTURE_BYTES = 10 * 1024 * 1024;

export function drawer(act, close) {
  const done = (body) => {
    close();
    act(body);
  };
  const box = el("div", "drawer");
  const ask = (...parts) => box.replaceChildren(form(...parts, done, () => box.replaceChildren(...tiles)));
  const tiles = [
    tile("album", "照片", () => pickPicture(done)),
    tile("camera", "示例图片", () => done({ type: "image" })),
    tile("mic", "语音", () => ask("语音识别出的文字（可留空）", "", (text) => (
      text ? { type: "voice", recognition: text } : { type: "voice" }))),
    tile("place", "位置", () => ask("地点", "北京市西城区复兴门内大街", (label) => ({ type: "location", label }))),
    tile("scan", "扫一扫", () => ask("二维码场景值", "branch_001", (scene) => (scene ? { type: "scan", scene } : null))),
    tile("file", "文件", () => done({ type: "file", title: "工资表.xlsx" })),
    tile("link", "链接", () => ask("网页地址", "https://example.com/notice", (url) => (
      url ? { type: "link", title: "转发的网页", description: "", url } : null))),
    tile("leave", "取消关注", () => done({ type: "unsubscribe" })),
  ];
  box.append(...tiles);
  return box;
}

function tile(sign, label, onClick) {
  const node = button("tile", "", onClick);
  node.append(el("span", "sign", icon(sign)), el("span", "", label));
  return node;
}

function form(label, value, toBody, done, back) {
  const input = el("input", "field");
  input.value = value;
  input.setAttribute("aria-label", label);
  const box = el("form", "ask", el("label", "", label), input);
  const submit = el("button", "send", "发送");
  box.append(el("div", "buttons", button("cancel", "返回", back), submit));
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = toBody(input.value.trim());
    if (body) done(body);
  });
  queueMicrotask(() => input.focus());
  return box;
}

function pickPicture(done) {
  const picker = el("input");
  picker.type = "file";
  picker.accept = "image/png,image/jpeg,image/gif";
  picker.addEventListener("change", () => {
    const [file] = picker.files;
    if (!file) return;
    if (file.size > MAX_PICTURE_BYTES) return toast("图片不能超过10MB");
    const reader = new FileReader();
    reader.addEventListener("load", () => (
      done({ type: "image", filename: file.name, data_base64: reader.result.split(",", 2)[1] })));
    reader.readAsDataURL(file);
  });
  picker.click();
}
