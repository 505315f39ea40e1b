"""Where analysis gets its posts from: the store, a file, a folder, a lake."""
