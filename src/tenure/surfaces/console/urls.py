"""Addresses of the console."""

from django.urls import path

from tenure.surfaces.console.views import (
    customer,
    customers,
    deeds,
    gifts,
    journal,
    outbox,
    payments,
    renewal,
    session,
    today,
    todos,
)

app_name = "console"

urlpatterns = [
    path("", today.today, name="today"),
    path("login", session.Login.as_view(), name="login"),
    path("logout", session.logout, name="logout"),
    path("theme", session.theme, name="theme"),
    path("shortcuts", session.shortcuts, name="shortcuts"),
    path("language", session.language, name="language"),
    path("customers", customers.customers, name="customers"),
    path("customers/<int:account_id>", customer.customer, name="customer"),
    path("customers/<int:account_id>/happenings", customer.happenings, name="happenings"),
    path("customers/<int:account_id>/suggestion", customer.suggestion, name="suggestion"),
    path("customers/<int:account_id>/renewal", renewal.renewal, name="renewal"),
    path("customers/<int:account_id>/todo", deeds.make_todo, name="make-todo"),
    path("customers/<int:account_id>/days", deeds.give_days, name="give-days"),
    path("customers/<int:account_id>/consent", deeds.consent, name="consent"),
    path("todos", todos.todos, name="todos"),
    path("todos/<int:todo_id>/attempt", todos.attempt, name="todo-attempt"),
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<int:message_id>", outbox.message, name="message"),
    path("gifts", gifts.gifts, name="gifts"),
    path("gifts/sheet.csv", gifts.sheet, name="gift-sheet"),
    path("gifts/answer", gifts.answer, name="gift-answer"),
    path("gifts/stock", gifts.stock, name="gift-stock"),
    path("gifts/<str:public_id>/move", gifts.move, name="gift-move"),
    path("journal", journal.journal, name="journal"),
    path("payments", payments.payments, name="payments"),
    path("payments/<int:payment_id>", payments.payment, name="payment"),
    path("payments/<int:payment_id>/refund", payments.ask_refund, name="refund"),
    path("refunds/<int:refund_id>/decide", payments.decide_refund, name="decide-refund"),
]
