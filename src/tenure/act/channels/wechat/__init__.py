"""WeChat: template messages of a service account, subscription messages of a mini-program."""
