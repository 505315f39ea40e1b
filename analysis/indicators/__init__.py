"""Numbers that tell how broad and how coordinated it is, each with what it rests on."""
