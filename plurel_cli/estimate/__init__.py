"""What a database or a corpus will take, before it is made: rows, bytes, memory and seconds."""
