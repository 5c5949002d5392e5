"""Who may use the dashboard: accounts, passwords, sessions, and what each role may do."""
