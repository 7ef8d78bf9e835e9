// Calls to the simulator. A refused call throws an Error whose message is the simulator's own.

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const reply = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(reply.error || `请求失败（${response.status}）`);
  return reply;
}

const follower = (openid) => `/sim/followers/${encodeURIComponent(openid)}`;

export const api = {
  page: () => call("GET", "/sim/page"),
  followers: (openid) => call("GET", openid ? `/sim/followers?openid=${encodeURIComponent(openid)}` : "/sim/followers?last=50"),
  transcript: (openid) => call("GET", `${follower(openid)}/transcript`),
  follow: (body) => call("POST", "/sim/followers", body),
  act: (openid, body) => call("POST", `${follower(openid)}/messages`, body),
  advance: (seconds) => call("POST", "/sim/clock", { advance_s: seconds }),
  setMode: (mode) => call("PUT", "/sim/mode", { mode }),
  verify: () => call("POST", "/sim/verify"),
};
