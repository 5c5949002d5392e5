"""What an import would do, put before a person: questions, replies, first rows."""
