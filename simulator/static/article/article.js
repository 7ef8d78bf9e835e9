// What a reader can do on an article: share it, and recognise a code in one of its pictures.

const openid = new URLSearchParams(location.search).get("key") || "";
const codes = document.querySelector(".article").dataset.codes.split(" ").filter(Boolean);

for (const image of document.querySelectorAll(".body img")) {
  if (!codes.includes(image.getAttribute("src"))) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code";
  button.setAttribute("aria-label", "识别图中的二维码");
  image.replaceWith(button);
  button.append(image);
  button.addEventListener("click", () => scan(image.getAttribute("src")));
}
document.querySelector(".share")?.addEventListener("click", share);

async function scan(picture) {
  const answer = await post("/s/scan", { openid, picture });
  toast(answer ? "已识别，请回到公众号查看" : "无法识别这个二维码");
}

async function share() {
  const answer = await post(`/s/share${location.search}`, { openid });
  toast(answer ? "已分享" : "分享没有成功");
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.ok ? response.json() : null;
}

function toast(text) {
  const node = document.getElementById("toast");
  node.textContent = text;
  node.classList.add("on");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => node.classList.remove("on"), 2600);
}
