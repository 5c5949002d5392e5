"""Accounts and transactions in; months, spending and profit of each customer out."""
