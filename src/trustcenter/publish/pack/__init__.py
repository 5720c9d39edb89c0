"""The pack for one reader under NDA: a PDF with that reader's name on every page."""
