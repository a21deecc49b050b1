"""What a person sees of a database: descriptions now, reports later."""
