"""What machines read of the page: Markdown, tables, feeds, badges, OSCAL, schemas. All from the same view."""
