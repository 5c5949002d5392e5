"""Profiles of all customers in, what needs somebody's attention today out."""

from engine.customers.alerts.feed import alerts

__all__ = ["alerts"]
