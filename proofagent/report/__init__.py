"""What a batch came to: its journal read into models, and these written as a page, a table or JSON."""
