"""Around every page: who is looking, the open bank and customer, submits, title and banners."""
