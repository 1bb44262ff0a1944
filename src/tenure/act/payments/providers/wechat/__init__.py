"""WeChat Pay v3 for a merchant of its own: orders, refunds, bills, and 委托代扣."""
