"""The words and shapes by which codes.py finds secrets, as patterns over a view of the text.

All of them are bounded: the time grows with the length of the text, not faster.
"""

import re

from bot.compliance.numbers import GAP

WORD = re.compile(
    r"(?P<sms_code>(?:验[证正征]|[校效检]验|认证)(?:码|吗|马|嘛|密码)|(?:动态|确认|短信|激活|授权|登录)码"
    r"|(?:动态|短信)(?:密码|口令)|(?<![a-z])(?:otp|yzm|yanzhengma)(?![a-z])"
    r"|(?<![a-z])(?<!error )(?<!error)(?<!报)code(?![a-z]))"
    r"|(?P<password>(?<![保加解机秘甜])[密蜜][码吗马嘛]|秘码|(?<!云)口令|密钥"
    r"|(?<![a-z])(?:pin|pass(?:word|wd|code)?|pwd|mima)(?![a-z]+(?![a-z0-9@#_.!]))码?)"
    r"|(?P<cvv>(?<![a-z])cv[vcn](?:2(?![0-9]| [0-9] [0-9](?! ?[0-9])))?(?![a-z])码?|安全码"
    r"|(?:[背后反]面|背后|卡背|签名[栏条])[^0-9]{0,6}?[三四34][位个]数?字?)"
    r"|(?P<weak>短信|[六6]位(?:数字?|码))"
)
# Small words that may stand between a word and its value. Nouns are left out on purpose: "密码忘了,合同号12345678"
# tells no password.
GLUE = re.compile(
    r"[\s:=,、\"“”'‘’「」【】\[\]()~\-—….>*?!;。"
    r"是为系係就我你您他俺恁的地了呢啊吧哦嗯嘛吗喏嘞咯哈儿叫用填输入设置成改后来发收到给记得忘应该好像大概可能都也还有以前原先本"
    r"现在已经告诉看短信上面那里这个它一直说讲念读抄报传错误没不对跟和或及屏蔽新旧初始换过从帮忙着下显示写乃搞弄整试变听]{0,18}"
)
GLUE_BEFORE = re.compile(
    r"(?:u盾|[\s:=,\"“”'()【】>\-"
    r"是这就为的我你您他收到短信手机银行发来个说提示显登录试输入不对填优网盾支付交易取款查询操作员法人企业复核转账初始卡新旧那当做里"
    r"要们刚上边]){0,10}"
)
TOLD = re.compile(r"[是为系係:=][\s\"“”'‘「【\[(>]*$")
RUN = re.compile(rf"[0-9]+(?:{GAP}{{1,2}}[0-9]+)*")
SINGLES = re.compile(r"[0-9](?: ?[,、.·/] ?[0-9](?![0-9])){2,19}")
BLOCK = re.compile(r"[0-9]+")
REPEATED = re.compile(r"(?:[4-9]|1[0-2])个[0-9](?![0-9])")
TOKEN = re.compile(
    r"(?=[a-z!@#$%^&*_.\-]{0,31}[0-9])(?=[0-9!@#$%^&*_.\-]{0,31}[a-z])[a-z0-9!@#$%^&*_.\-]{4,32}(?![a-z0-9])"
)
MIXES = re.compile(r"[a-z][a-z0-9!@#$%^&*_.\-]*[0-9]|[0-9][a-z0-9!@#$%^&*_.\-]*[a-z]")
DIGIT = re.compile(r"[0-9]")
START = re.compile(r"[0-9a-z]")
TOKEN_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@#$%^&*_")
LETTERS = re.compile(r"[a-z!@#$%^&*_]{4,32}(?![a-z0-9])")
TOKEN_ENDS_AT = re.compile(r"(?<![a-z0-9!@#$%^&*_.\-])[a-z0-9!@#$%^&*_.\-]{4,32}$")
# What a unit is, unless it begins another word: 482913元旦, 482913人工, 482913千万别说.
_MONEY = r"元(?!旦)|块(?:钱|$|[,.。,!?、;\s])|万(?!一|1|分|别|不|般)|亿|%|\.[0-9]|人民币|美[元金]|rmb"
_COUNT = (
    r"千(?!万|真)|百(?!分|度)|次(?!次|日)|笔(?!记)|天(?!天)|年(?!年)|月(?!底|初)|多(?!久|少|谢|长|时|半|亏)|个(?!人|体)"
    r"|人(?!工|家|呢|员|生)|家(?!里|人)|[款版期名号]"
)
IS_MONEY = re.compile(rf"\s*(?:{_MONEY})")
IS_COUNTED = re.compile(rf"\s*(?:{_MONEY}|{_COUNT})")
LABEL = re.compile(
    r"(?:号|号码|名|尾号|四位|编号|单|代码|报错|电话|座机|分机|操作员|金额|额度|限额|贷款|借款|贷|合同|余额|积分|资金|收入|流水"
    r"|工资|价|税|第|共|错误码|提示码|超过|[转还借花付交充存取汇缴欠差扣](?:账|款|费)?|[￥¥$])(?:了|过|是|为|有|:|到)?\s*$"
)
HOTLINE = re.compile(r"95[135][0-9]{2}|96[0-9]{3}|12[0-9]{3}|106[0-9]{3,12}95588|100[0-9]{2}|(?:400|800)[0-9]{7}")
# 验证码是95588发来的吗 tells who sent it.
SAYS = re.compile(r"[发打来给说]")
DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# After "密码是" these are things of the bank's app, not passwords; and what has letters and digits without being one.
NO_PASSWORDS = frozenset(("app", "code", "ukey", "excel", "wifi", "windows", "android", "iphone", "password", "reset"))
NO_TOKEN = re.compile(
    r"(?:iphone|ipad|ios|mate|nova|win|windows|ie|office|excel|android|chrome|edge|app|ukey|usb|ver|vivo|oppo|redmi|mi"
    r"|http|v)[-.]?[0-9.]+[a-z]{0,5}|[0-9.]+(?:w|k|e|wan|rmb|yuan|g|mb|gb|km)"
)
DEVICE = re.compile(r"u盾|优盾|ukey|usbkey|(?<!云)盾")
