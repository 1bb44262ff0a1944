"""Addresses of the console."""

from django.urls import path

from tenure.surfaces.console.views import (
    customer,
    customers,
    journal,
    outbox,
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
    path("language", session.language, name="language"),
    path("customers", customers.customers, name="customers"),
    path("customers/<int:account_id>", customer.customer, name="customer"),
    path("todos", todos.todos, name="todos"),
    path("todos/<int:todo_id>/close", todos.close, name="todo-close"),
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<int:message_id>", outbox.message, name="message"),
    path("journal", journal.journal, name="journal"),
]
