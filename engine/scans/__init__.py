"""Pictures of receipts: checked and written anew, described, read, and their fields found."""
