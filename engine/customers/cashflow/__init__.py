"""What comes in and goes out again and again, what stands out, and what is left."""
