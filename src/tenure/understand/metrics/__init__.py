"""Numbers of the business with published definitions. (Written by the lead; in work.)"""
