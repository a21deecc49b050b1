"""What a database or a corpus will take, told before it is made: rows, bytes, memory, seconds."""
