"""UnionPay's form gateway, ACP 5.1.0 (R-Y-046). There is no client library that is kept up."""
