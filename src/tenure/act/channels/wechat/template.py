"""Template messages of a service account (R-C-022).

References:
    developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
"""

from datetime import datetime

from tenure.act.channels.channel import BadCall, Call, Heard, Outcome, Parcel, Report, Result
from tenure.act.channels.sms.calls import stable_id
from tenure.act.channels.sms.templates import Fitted
from tenure.act.channels.tokens import code_of
from tenure.act.channels.wechat.line import WeChatLine, data_of, fields_of, link_of, moment_of
from tenure.act.channels.wire import NobodyKnows, Said


class WeChatTemplate(WeChatLine):
    """A service account; an address is `mp:` and an openid."""

    name = "wechat"
    scheme = "mp"
    takes_keys = True  # for ten minutes

    def ask_in(self, found: Fitted, parcel: Parcel) -> Result:
        """One message; `client_msg_id` names it, so a lost answer is asked for again at once."""
        content: dict[str, object] = {
            "touser": self.own(parcel.address),
            "template_id": found.approved.code,
            "client_msg_id": stable_id(parcel.key)[:32],
            "data": data_of(found),
        }
        if link_of(found):
            content["url"] = link_of(found)
        said = self._sent(content)
        if code_of(said) == "0":
            return Result(Outcome.ACCEPTED, "0", str(said.content.get("msgid", "")))
        return self.refused(said, code_of(said))

    def _sent(self, content: dict[str, object]) -> Said:
        path = "/cgi-bin/message/template/send"
        try:
            return self.call(path, content)
        except NobodyKnows:
            # Within ten minutes the same key sends nothing more, and tells what became of it.
            return self.call(path, content)

    def hear(self, call: Call, *, at: datetime) -> Heard:
        """TEMPLATESENDJOBFINISH; every other event is answered, and says nothing here."""
        self.prove(call)
        event = dict(fields_of(call.body, channel=self.name))
        if event.get("Event") != "TEMPLATESENDJOBFINISH":
            return Heard(answer=b"success", content_type="text/plain")
        if not event.get("MsgID"):
            raise BadCall(channel=self.name, why="MsgID")
        status = event.get("Status", "")
        report = Report(
            event_id=stable_id("template", event["MsgID"], status),
            outcome="delivered" if status == "success" else "failed",
            at=moment_of(event.get("CreateTime", ""), at=at),
            provider_id=event["MsgID"],
            code=status,
            is_dead="user block" in status,
        )
        return Heard((report,), answer=b"success", content_type="text/plain")
