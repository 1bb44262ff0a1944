"""Where a customer's invoices and contracts are, and where anybody may check a file."""

from django.urls import path

from tenure.surfaces.portal.views import agreeing, invoicing, verifying

urlpatterns = [
    path("verify", verifying.verifying, name="verify"),
    path("my/invoices", invoicing.invoicing, name="invoices"),
    path("my/invoices/titles", invoicing.titles, name="titles"),
    path("my/invoices/<str:public_id>/<str:form>", invoicing.invoice_file, name="invoice-file"),
    path("my/contracts", agreeing.agreements, name="agreements"),
    path("my/contracts/<str:public_id>", agreeing.agreement, name="agreement"),
    path("my/contracts/<str:public_id>/file", agreeing.agreement_file, name="agreement-file"),
    path(
        "my/contracts/<str:public_id>/evidence",
        agreeing.agreement_evidence,
        name="agreement-evidence",
    ),
]
