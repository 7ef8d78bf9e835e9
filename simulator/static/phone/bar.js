// The bottom of the chat: keyboard with its drawer, or the account's menu. It only says what the person did.

import { button, el } from "./dom.js";
import { drawer } from "./drawer.js";
import { icon } from "./icons.js";

// `on` gives { send(text), act(body), visit(button) }.
export class BottomBar {
  constructor(on) {
    this.on = on;
    this.node = el("footer", "bar");
    this.menu = { button: [] };
    this.showsMenu = true;
    this.draw();
  }

  setMenu(menu) {
    this.menu = menu;
    this.draw();
  }

  draw() {
    const hasMenu = this.menu.button.length > 0;
    const row = hasMenu && this.showsMenu ? this.menuRow() : this.keyboardRow();
    if (hasMenu) row.prepend(this.toggle());
    this.node.replaceChildren(row);
  }

  toggle() {
    const label = this.showsMenu ? "切换到键盘" : "切换到菜单";
    const flip = button("icon flip", icon(this.showsMenu ? "keyboard" : "menu"), () => {
      this.showsMenu = !this.showsMenu;
      this.draw();
    });
    flip.setAttribute("aria-label", label);
    return flip;
  }

  menuRow() {
    const row = el("div", "row menus");
    for (const top of this.menu.button) row.append(this.menuButton(top));
    return row;
  }

  menuButton(top) {
    const subs = top.sub_button || [];
    if (!subs.length) return button("menu", top.name, () => this.on.visit(top));
    const holder = el("div", "menu-holder");
    const list = el("div", "submenu");
    list.hidden = true;
    for (const sub of subs) {
      list.append(button("sub", sub.name, () => {
        list.hidden = true;
        this.on.visit(sub);
      }));
    }
    const lid = button("menu", top.name, () => {
      const wasHidden = list.hidden;
      this.closeSubmenus();
      list.hidden = !wasHidden;
    });
    lid.prepend(el("i", "lid", "≡"));
    holder.append(list, lid);
    return holder;
  }

  closeSubmenus() {
    for (const open of this.node.querySelectorAll(".submenu")) open.hidden = true;
  }

  keyboardRow() {
    const input = el("textarea", "input");
    input.rows = 1;
    input.setAttribute("aria-label", "输入消息");
    input.enterKeyHint = "send";
    const plus = button("icon plus", icon("plus"), () => this.toggleDrawer());
    plus.setAttribute("aria-label", "更多");
    const sendButton = button("send", "发送", () => send());
    sendButton.hidden = true;
    const refresh = () => {
      const isEmpty = input.value.trim() === "";
      sendButton.hidden = isEmpty;
      plus.hidden = !isEmpty;
      input.style.height = "auto";
      input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
    };
    const send = () => {
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      refresh();
      this.on.send(text);
      input.focus();
    };
    input.addEventListener("input", refresh);
    input.addEventListener("keydown", (event) => {
      // While an input method is choosing characters, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    return el("div", "row keys", input, plus, sendButton);
  }

  toggleDrawer() {
    const open = this.node.querySelector(".drawer");
    if (open) open.remove();
    else this.node.append(drawer(this.on.act, () => this.node.querySelector(".drawer")?.remove()));
  }
}
