"""What each file format holds, one file per format."""
