"""Accounts, transactions and goals in; months, spending, profit and allocations out."""
