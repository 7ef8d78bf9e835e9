"""Mass sends at the platform: account_ports.MassSends over its server API.

developers.weixin.qq.com: guide/product/message/Batch_Sends. wechatpy's own calls are not used: they send a group in
place of a tag and lose the job of a repeat.
"""

from collections.abc import Mapping, Sequence

from bot.account_ports import MassJob, MassSpeed, MassState
from bot.adapters import wechat_wire as wire
from bot.adapters.wechat_calls import PlatformCalls, number_of

REPEATED = 45065
UNKNOWN_JOB = 40059


class WechatMassSends:
    """account_ports.MassSends."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def send_to_list(self, openids: Sequence[str], media_id: str, client_id: str) -> MassJob:
        """Send a draft to these followers; safe to repeat with the same client id."""
        return self._send("message/mass/send", {"touser": list(openids)}, media_id, client_id)

    def send_to_tag(self, tag_id: int, media_id: str, client_id: str) -> MassJob:
        """Send a draft to everybody under a tag; safe to repeat with the same client id."""
        whom = {"filter": {"is_to_all": False, "tag_id": tag_id}}
        return self._send("message/mass/sendall", whom, media_id, client_id)

    def preview(self, openid: str, media_id: str) -> None:
        """Show a draft to one follower. Not safe to repeat: he would see it twice."""
        body = {"touser": openid, "mpnews": {"media_id": media_id}, "msgtype": "mpnews"}
        self._calls.post("message/mass/preview", body, is_repeatable=False)

    def delete(self, job_id: str, index: int = 0) -> None:
        """Take the sent articles' pages down. Raises NotFound."""
        self._calls.post("message/mass/delete", {"msg_id": int(job_id), "article_idx": index}, missing=(UNKNOWN_JOB,))

    def state(self, job_id: str) -> MassState:
        """How a job stands. Raises NotFound."""
        found = self._calls.post("message/mass/get", {"msg_id": job_id}, missing=(UNKNOWN_JOB,))
        try:
            return MassState(str(found.get("msg_status")))
        except ValueError:
            raise wire.after_sending(is_repeatable=True) from None

    def speed(self) -> MassSpeed:
        """How fast jobs go out."""
        found = self._calls.post("message/mass/speed/get", {})
        return MassSpeed(int(number_of(found, "speed")), int(number_of(found, "realspeed")))

    def set_speed(self, level: int) -> None:
        """Choose a speed level."""
        self._calls.post("message/mass/speed/set", {"speed": level})

    def _send(self, path: str, whom: Mapping[str, object], media_id: str, client_id: str) -> MassJob:
        body = {
            **whom,
            "mpnews": {"media_id": media_id},
            "msgtype": "mpnews",
            # A reprint that was judged as one is stopped: ours are our own texts, so somebody has to look at it.
            "send_ignore_reprint": 0,
            "clientmsgid": client_id,
        }
        answer = self._calls.post(path, body, is_repeatable=False, fine=REPEATED)
        job_id = number_of(answer, "msg_id", is_repeatable=False)
        if answer.get("errcode") == REPEATED:
            return MassJob(job_id, None, is_repeat=True)
        return MassJob(job_id, number_of(answer, "msg_data_id", is_repeatable=False))
