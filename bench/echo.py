"""The yardstick of the accept path: the shortest honest echo with Flask and wechatpy, nothing stored."""

from flask import Flask, Response, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply

from config.settings import Settings


def create_app() -> Flask:
    """Verify, decrypt, parse, answer `success` to events and the same text to texts, encrypted."""
    settings = Settings.from_env()
    crypto = WeChatCrypto(settings.wechat_token, settings.wechat_aes_key, settings.wechat_app_id)
    app = Flask(__name__)

    @app.post("/wechat")
    def receive() -> Response | str:
        signature, stamp, nonce = (request.args[name] for name in ("msg_signature", "timestamp", "nonce"))
        message = parse_message(crypto.decrypt_message(request.get_data(), signature, stamp, nonce))
        if message.type == "event":
            return "success"
        xml = create_reply(message.content, message=message).render()
        return Response(crypto.encrypt_message(xml, nonce, stamp), content_type="application/xml")

    return app
