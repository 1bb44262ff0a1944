"""Where people at work read: WeCom, DingTalk and Feishu."""
