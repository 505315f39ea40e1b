"""The first hours of a hashtag: who began it, who picked it up, when it left its community."""
