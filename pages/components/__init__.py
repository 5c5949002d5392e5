"""What the pages draw with, a folder a subject: forms, panels, charts, and the frame around."""
