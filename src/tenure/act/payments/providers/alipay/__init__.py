"""Alipay for an application of the merchant's own: trades, refunds, bills, and 周期扣款."""
