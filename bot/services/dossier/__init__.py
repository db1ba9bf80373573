"""The status of a file, by chat: identification, then the answer to the question asked."""
