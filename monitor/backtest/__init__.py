"""What would have been told, and when: by the past of a watch, or of any series of counts."""
