"""Products, plans and their versions, prices and entitlements, all dated."""
